"""Which study a code, a site and words name: the most specific wins, codes that disagree name none (facts C, traps)."""

import pytest

from cds_service.facts.model import PriorStudy
from cds_service.facts.source import Source
from cds_service.facts.studies import Naming, Study, identify, order_side, prior_studies
from cds_service.fhir.resources import CodeableConcept, Resource, ServiceRequest
from cds_service.knowledge.model import Knowledge
from tests.support.resources import LEFT, ago, concept, order, procedure, report, source


def name(code: CodeableConcept, knowledge: Knowledge, *, axilla: bool = False) -> Study:
    return identify(code, names_axilla=lambda: axilla, knowledge=knowledge)


@pytest.mark.parametrize(
    ("code", "study"),
    [
        (concept("cpt:78815"), "fdg-pet-ct"),
        (concept("cpt:78306"), "bone-scan"),
        (concept("loinc:72254-6"), "ct-chest-abdomen-pelvis-with-contrast"),
        (concept("loinc:72253-8"), "ct-chest-abdomen-pelvis-without-contrast"),
        (concept("cpt:77066"), "mammography-diagnostic"),
        (concept("cpt:77049"), "mri-breast-without-and-with-contrast"),
        (concept(text="Bone scan"), "bone-scan"),
        (concept("local:4711", text="PET CT skull base to mid thigh"), "fdg-pet-ct"),
        (concept("local:4711=US axilla left"), "us-axilla"),
        (concept("local:4711", "cpt:78815"), "fdg-pet-ct"),  # a site's own code beside one we know
    ],
)
def test_what_names_a_study(code: CodeableConcept, study: str, knowledge: Knowledge) -> None:
    found = name(code, knowledge)
    assert (found.naming, found.procedures) == (Naming.FULL, (study,))


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (concept("cpt:76882"), "E41: a limited ultrasound of a limb, perhaps of a knee"),
        (concept("cpt:10005"), "an aspiration of anything"),
        (concept("cpt:19083"), "E40: biopsy of the breast, not of a node"),
        (concept("cpt:19083", text="US axilla"), "a code known to be something else is not overruled by words"),
        (concept("cpt:78300"), "E60: a limited bone scan"),
        (concept("cpt:78300", text="Bone scan"), "E60: the code counts"),
        (concept("cpt:78815", "cpt:78306"), "codes that name two studies"),
        (concept("cpt:80053"), "a laboratory test"),
        (concept(text="Complete blood count"), "a laboratory test in words"),
        (concept("cpt:71260", "cpt:71250"), "one half with and without contrast is no whole"),
        (CodeableConcept(), "nothing"),
    ],
)
def test_what_names_none(code: CodeableConcept, why: str, knowledge: Knowledge) -> None:
    assert name(code, knowledge).naming is not Naming.FULL, why


def test_codes_that_disagree_are_told_from_unknown_ones(knowledge: Knowledge) -> None:
    assert name(concept("cpt:78815", "cpt:78306"), knowledge).disagree
    assert not name(concept("cpt:80053"), knowledge).disagree


@pytest.mark.parametrize(("code", "study"), [("cpt:76882", "us-axilla"), ("cpt:10005", "fna-axillary-node")])
def test_a_code_that_needs_a_site_names_the_study_of_the_axilla(code: str, study: str, knowledge: Knowledge) -> None:
    assert name(concept(code), knowledge, axilla=True).procedures == (study,)


def test_the_axilla_is_looked_for_only_where_it_counts(knowledge: Knowledge) -> None:
    """Reading the words of every laboratory order would cost more than judging the imaging ones."""

    def refuse() -> bool:
        raise AssertionError("asked")

    assert identify(concept("cpt:78815"), names_axilla=refuse, knowledge=knowledge).naming is Naming.FULL
    assert identify(concept("cpt:80053"), names_axilla=refuse, knowledge=knowledge).naming is Naming.NONE


def test_a_near_match_says_so(knowledge: Knowledge) -> None:
    """E43: whole body for skull base to mid-thigh."""
    assert any("whole body" in caveat for caveat in name(concept("cpt:78816"), knowledge).caveats)
    assert name(concept("cpt:78306"), knowledge).caveats == ()


def test_contrast_left_open_leaves_the_study_open(knowledge: Knowledge) -> None:
    """E45: with and without differ; neither is assumed."""
    assert set(name(concept(text="MRI breast"), knowledge).procedures) == {
        "mri-breast-without-and-with-contrast",
        "mri-breast-without-contrast",
    }


def test_a_code_that_says_more_settles_one_that_says_less(knowledge: Knowledge) -> None:
    found = name(concept("loinc:87869-4", "loinc:72254-6"), knowledge)
    assert found.procedures == ("ct-chest-abdomen-pelvis-with-contrast",)


def test_a_half_is_a_half(knowledge: Knowledge) -> None:
    """E42: CT chest alone is not rated."""
    found = name(concept("cpt:71260"), knowledge)
    assert (found.naming, found.procedures) == (Naming.HALF, ("ct-chest-abdomen-pelvis-with-contrast",))


def test_both_halves_in_one_concept_are_the_whole(knowledge: Knowledge) -> None:
    found = name(concept("cpt:71260", "cpt:74177"), knowledge)
    assert (found.naming, found.procedures) == (Naming.FULL, ("ct-chest-abdomen-pelvis-with-contrast",))


# --- what was done ----------------------------------------------------------------------------------------------------
def studies(knowledge: Knowledge, *done: Resource) -> tuple[PriorStudy, ...]:
    made: Source = source(knowledge, order(), *done)
    return prior_studies(made)


@pytest.mark.parametrize(("days", "in_work_up"), [(0, True), (120, True), (121, False), (-3, True)])
def test_a_work_up_is_120_days(days: int, in_work_up: bool, knowledge: Knowledge) -> None:
    (found,) = studies(knowledge, procedure("cpt:78306", days=days))
    assert (found.procedure, found.date, found.in_work_up) == ("bone-scan", ago(days), in_work_up)


def test_an_undated_study_is_of_no_known_work_up(knowledge: Knowledge) -> None:
    assert [each.in_work_up for each in studies(knowledge, report("cpt:78306", days=None))] == [False]


@pytest.mark.parametrize(
    "done",
    [
        procedure("cpt:78306", days=5, status="not-done"),
        procedure("cpt:78306", days=5, status="preparation"),
        procedure("cpt:71260", days=5),  # half a study
        procedure(text="Colonoscopy", days=5),
    ],
)
def test_what_was_not_done_is_no_prior_study(done: Resource, knowledge: Knowledge) -> None:
    assert studies(knowledge, done) == ()


def test_a_prior_study_keeps_its_side(knowledge: Knowledge) -> None:
    (found,) = studies(knowledge, procedure(text="US axilla", days=5, side="left"))
    assert (found.procedure, found.laterality) == ("us-axilla", "left")


@pytest.mark.parametrize(
    ("draft", "side"),
    [
        (order("US axilla", body_site=(concept(LEFT),)), "left"),
        (order("US axilla", body_site=(concept(text="Right axilla"),)), "right"),
        (order("US axilla", order_detail=(concept(text="bilateral"),)), "bilateral"),
        (order("US axilla", "icd:C50.911"), "right"),
        (order("US axilla left"), "left"),
        (order("US axilla left", "icd:C50.911"), "left"),
        (order("US axilla"), "unstated"),
    ],
)
def test_the_side_of_an_order(draft: ServiceRequest, side: str, knowledge: Knowledge) -> None:
    """Its site, code and details before its reasons."""
    assert order_side(source(knowledge, draft)) == side
