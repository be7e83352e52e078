"""What stands in the files of reports (presentedForm): what a text says of distant disease counts (design, 3)."""

import base64
from collections.abc import Callable

import msgspec
import pytest

from cds_service.facts.extract import extract
from cds_service.facts.file_texts import LONGEST, text_of
from cds_service.facts.model import Fact, Facts, Known, Unknown
from cds_service.facts.source import Source
from cds_service.fhir.resources import Attachment, CodeableConcept, Condition, DiagnosticReport, Narrative, Resource
from tests.support.resources import ago, cancer, concept, condition, report, surgery, without_patient, woman

FactsOf = Callable[..., Facts]

METASTASES = "IMPRESSION: New hepatic and osseous metastases."


def _file(text: str, kind: str | None = "text/plain") -> Attachment:
    return Attachment(content_type=kind, data=base64.b64encode(text.encode()).decode())


def _note(*files: Attachment, name: str = "Progress note", days: int = 10, says: str | None = None) -> DiagnosticReport:
    return report(name, conclusion=says, days=days, presented_form=files)


def _kind(fact: Fact) -> str:
    return str(fact.value) if isinstance(fact, Known) else "unknown" if isinstance(fact, Unknown) else "open"


HTML = "<div><h1>Impression</h1><p>New <b>hepatic</b> metastases.</p></div>"
FILLED = "Pain in the back. " + " ".join(f"Pain number {each}." for each in range(LONGEST // 10))


@pytest.mark.parametrize(
    ("found", "kind", "why"),
    [
        (_note(_file(METASTASES)), "sign", "the note of a clinic"),
        (_note(_file(METASTASES), name="Mammography"), "sign", "whatever the report is of"),
        (_note(_file(METASTASES, "text/html; charset=utf-8")), "sign", "a page"),
        (_note(_file(HTML, "text/html")), "sign", "a page with marks"),
        (_note(_file("# Chief Complaint\n- Back pain\n- Cough", "text/markdown")), "symptom", "as Synthea writes them"),
        (_note(_file("Severe bone pain."), says="Seen today."), "symptom", "beside a conclusion"),
        (_note(_file("Cough since May."), name="Complete blood count"), "unknown", "a symptom in a report of results"),
        (_note(_file("Local recurrence in the left breast.")), "unknown", "the cancer is back"),
        (_note(_file("Staged cT3 N1.")), "unknown", "a stage that is not early"),
        (_note(_file("No evidence of recurrence.")), "none", "denied"),
        (_note(_file("No bone pain, no cough. No evidence of metastases.")), "none", "denied"),
        (_note(_file("Mother had bone metastases.")), "none", "somebody else's"),
        (_note(_file("Metastasis in one axillary node.")), "unknown", "a year on: may be new"),
        (_note(_file("We walked the dog and had tea.")), "none", "what nobody understands leaves nothing open"),
        (_note(_file("Bone pain.", "application/pdf")), "unknown", "a file that is no text, of a clinic"),
        (_note(_file("Bone pain.", "application/pdf"), name="Complete blood count"), "none", "values stand elsewhere"),
        (_note(Attachment(content_type="text/plain")), "unknown", "it did not come along"),
        (_note(Attachment(content_type="text/plain", data="%%%")), "unknown", "nobody can read it"),
        (_note(Attachment(content_type="text/plain"), days=400), "none", "an old one"),
        (_note(_file("Bone pain."), days=200), "none", "how she was then"),
        (_note(_file(METASTASES), days=200), "sign", "a metastasis stays one"),
        (_note(_file(FILLED)), "symptom", "a long one"),
        (_note(_file("Metastatic disease.")), "sign", "of no stated place"),
        (_note(_file("Lymph nodes normal but metastatic disease.")), "sign", "no node is found that it could be in"),
        (_note(_file("Suspicious axillary node.")), "unknown", "likewise"),
        (_note(_file("Liver lesion.")), "imaging-finding", "a place is named"),
        (_note(_file("Axillary node enlarged\nMetastatic disease")), "sign", "on another line: not in the node"),
        (_note(_file("Axillary node enlarged;metastatic disease")), "sign", "in another statement"),
        (_note(_file("Stage IV with axillary adenopathy.")), "unknown", "more than the axilla, whatever it names"),
        (_note(_file("M1 with axillary adenopathy.")), "unknown", "likewise"),
        (_note(_file("Staged IIA, cT2 N0 M0.")), "none", "an early stage"),
        (_note(_file("Elevated alkaline phosphatase."), days=200), "none", "how her blood was then"),
        (_note(_file("Elevated alkaline phosphatase.")), "laboratory", "how it is now"),
        (_note(_file(METASTASES), days=2000), "none", "of years before this cancer was known"),
        (_note(_file(METASTASES, "application/xhtml+xml")), "sign", "a page of another kind"),
        (_note(_file("<p>New hepatic\nmetastases.</p>", "text/html")), "sign", "a line of a page is no statement"),
    ],
)
def test_what_a_file_says(found: DiagnosticReport, kind: str, why: str, facts_of: FactsOf) -> None:
    facts = facts_of(cancer(onset="2025-11-01"), found)
    assert _kind(facts["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize("days", [20, 182])
@pytest.mark.parametrize(
    "text",
    [
        "Spiculated mass in the left breast.",
        "Suspicious finding in the left axilla.",
        "Newly diagnosed breast cancer.",
        "Palpable lump in the left breast.",
        "US breast: 12 mm mass.",
        "Suspicious finding, left breast.",
        "Palpable axillary node.",
        "Suspicious axillary node.",
    ],
)
def test_a_new_cancer_is_what_the_notes_on_it_tell_of(text: str, days: int, facts_of: FactsOf) -> None:
    assert _kind(facts_of(cancer(days=days), _note(_file(text)))["metastasis-suspected"]) == "none"


TREATED = cancer(days=2000), surgery(1980)


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("New left breast lump.", "unknown", "it may have come back"),
        ("Palpable lump.", "unknown", "whatever it is called"),
        ("Newly diagnosed breast cancer.", "unknown", "another one"),
        ("New mass.", "unknown", "nobody says where"),
        ("Suspicious finding in the left axilla.", "unknown", "in the axilla"),
        ("New lump since 2025.", "unknown", "of the last year"),
        ("No lump, no mass.", "none", "denied"),
        ("Seen in 2020 for a mass.", "none", "how it was found"),
        ("She found a lump in 2024.", "none", "two years ago"),
        ("Initially a palpable lump.", "none", "likewise"),
        ("Mass treated by lumpectomy.", "none", "how it was treated"),
        ("Call for any new lump.", "none", "what she is to watch for"),
        ("New lump near the scar, s/p lumpectomy 2020.", "unknown", "what was done then explains nothing new"),
        ("History of lumpectomy, now left breast lump.", "unknown", "of these days"),
        ("Nipple discharge for two weeks, prior lumpectomy.", "unknown", "likewise"),
        ("Treated by lumpectomy in 2020, recent mass.", "unknown", "likewise, of no stated place"),
        ("Presented in 2020 with a new lump, underwent lumpectomy.", "none", "it was new then"),
        ("Prior lumpectomy, now without lump.", "none", "denied"),
        ("Mass treated by lumpectomy, now on letrozole.", "none", "the therapy is of these days"),
        ("Currently on chemotherapy.", "unknown", "a treatment that runs is of disease"),
        ("Currently on trastuzumab.", "unknown", "likewise"),
        ("Had chemotherapy in 2020.", "none", "it is over"),
        ("Currently taking anastrozole.", "none", "follow-up has endocrine therapy"),
        ("CA 15-3 not elevated.", "none", "a marker that is normal"),
        ("Rising tumor markers.", "unknown", "a marker that is not"),
    ],
)
def test_a_lump_after_treatment(text: str, kind: str, why: str, facts_of: FactsOf) -> None:
    assert _kind(facts_of(*TREATED, _note(_file(text)))["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    "name",
    [
        concept("loinc:55107-7=Addendum", text="Scanned document"),
        concept("loinc:55107-7=Scanned document", text="Addendum"),
    ],
)
def test_any_name_of_a_scan_says_nothing_of_what_it_holds(name: CodeableConcept, facts_of: FactsOf) -> None:
    found = report(name, presented_form=(_file("Bone pain.", "application/pdf"),))
    assert _kind(facts_of(cancer(), found)["metastasis-suspected"]) == "unknown"


def test_stage_iv_stays_stage_iv(facts_of: FactsOf) -> None:
    """However old the file is, and whatever node it names."""
    found = _note(_file("Originally stage IV with axillary adenopathy."), days=200)
    assert _kind(facts_of(*TREATED, found)["metastasis-suspected"]) == "unknown"


def test_a_lump_of_another_time(facts_of: FactsOf) -> None:
    found = _note(_file("New left breast lump."), days=200)
    assert _kind(facts_of(*TREATED, found)["metastasis-suspected"]) == "none"


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("CT: nodule.", "imaging-finding", "imaging that is of no breast"),
        ("Uptake on PET.", "imaging-finding", "likewise"),
        ("Nodule on bone scan.", "imaging-finding", "likewise"),
        ("Nodule on x-ray.", "imaging-finding", "likewise"),
        ("Nodule on ultrasound.", "unknown", "nobody says of what"),
        ("Nodule on breast ultrasound.", "none", "imaging of the breast"),
        ("Hoarse.", "symptom", "a nerve beside the windpipe"),
        ("LAD in the neck.", "sign", "nodes beyond the axilla"),
        ("Fell on her wrist, wrist fracture.", "unknown", "of a fall, for all that is known"),
        ("Wrist fracture and bone pain.", "symptom", "more than the fall"),
        ("No fracture of the wrist.", "none", "nothing is broken"),
        ("Normal lymph node, metastatic disease.", "sign", "no node is found that it could be in"),
        ("No nodes, disease is metastatic.", "sign", "likewise"),
        ("Axillary node not normal, metastatic disease.", "unknown", "in a node, or more"),
    ],
)
def test_what_a_sentence_says(text: str, kind: str, why: str, facts_of: FactsOf) -> None:
    assert _kind(facts_of(cancer(), _note(_file(text)))["metastasis-suspected"]) == kind, why


OF_A_NEW_CANCER = (
    ("Fungating tumour of the left breast.", "unknown", "T4b"),
    ("Inflammatory breast cancer.", "unknown", "T4d"),
    ("Not inflammatory breast cancer.", "none", "denied"),
    ("Clinical stage is at least IIB.", "unknown", "a later stage, loosely said"),
    ("Stage, we think, III.", "none", "no stage within a statement"),
    ("Is stage probably 3.", "unknown", "a later stage, loosely said"),
    ("Mother was stage III.", "none", "somebody else's"),
    ("CKD stage 3a.", "none", "of the kidneys"),
    ("Stage I.", "none", "an early stage"),
    ("Originally M1.", "sign", "stage IV stays stage IV"),
    ("Presented with stage IV.", "sign", "likewise"),
    ("Originally M1 with axillary adenopathy.", "unknown", "likewise, whatever node it names"),
    ("Originally stage IV with axillary adenopathy.", "unknown", "likewise"),
    ("Fell on her wrist, wrist fracture.", "unknown", "of a fall, for all that is known"),
    ("Cough.", "none", "how she was then"),
)


@pytest.mark.parametrize(("text", "kind", "why"), OF_A_NEW_CANCER)
def test_a_note_from_the_beginning_of_a_new_cancer(text: str, kind: str, why: str, facts_of: FactsOf) -> None:
    """Of the months of its work-up: what she felt then may be over, what the cancer was it still is."""
    facts = facts_of(cancer(days=160), _note(_file(text), days=130))
    assert _kind(facts["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("CA-125 high.", "unknown", "a marker, which none of the words of notes names"),
        ("Found to have CLL.", "unknown", "another cancer, likewise"),
        ("Tumour is fungating.", "unknown", "T4b, likewise"),
        ("Fungating on the left.", "unknown", "T4b, likewise"),
        ("Skin edema of the breast.", "unknown", "likewise"),
        ("Vertigo since May.", "symptom", "a symptom, likewise"),
        ("Weight 70 kg, was 78 kg.", "unknown", "she lost weight"),
        ("Denies vertigo, her begonias thrive.", "none", "what is denied makes no sentence matter"),
        ("ALT and AST with her other bloods at the annex.", "none", "nor does a test that is merely named"),
        ("Lump found by herself, fell twice.", "unknown", "of the brain or cord, or of age"),
        ("Lump found by herself, weight 70 kg from 78 kg.", "unknown", "she lost weight"),
        ("Lump found by herself, CLL.", "unknown", "another cancer"),
        ("Call if you have back pain.", "none", "what she is to watch for"),
    ],
)
def test_what_a_sentence_of_these_days_says(text: str, kind: str, why: str, facts_of: FactsOf) -> None:
    assert _kind(facts_of(cancer(), _note(_file(text)))["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("Lump treated by lumpectomy in 2020, fell twice.", "unknown", "of the brain or cord, or of age"),
        ("Lump treated by lumpectomy in 2020, keeps falling.", "unknown", "likewise"),
        ("Lump treated by lumpectomy in 2020, weight 70 kg from 78 kg.", "unknown", "she lost weight"),
        ("Lump treated by lumpectomy in 2020, CLL.", "unknown", "another cancer"),
        ("Lump treated by lumpectomy in 2020, CEA raised.", "unknown", "a marker"),
        ("Lump treated by lumpectomy in 2020, on capecitabine.", "unknown", "a treatment that runs"),
        (
            "Lump treated by lumpectomy in 2020, now nipple inversion but no discharge.",
            "unknown",
            "one of two is there",
        ),
        ("Treated by lumpectomy in 2020, now axillary lump and no breast lump.", "unknown", "likewise"),
        ("Treated by lumpectomy in 2020 for stage IIIA.", "none", "the stage that it had then"),
        ("Prior fracture of the wrist.", "unknown", "of a fall, for all that is known, and no lump"),
        ("Lump treated by lumpectomy in 2020, new lump and no nipple discharge now.", "unknown", "one of two is there"),
    ],
)
def test_what_stands_beside_the_lump_that_was_treated(text: str, kind: str, why: str, facts_of: FactsOf) -> None:
    assert _kind(facts_of(*TREATED, _note(_file(text)))["metastasis-suspected"]) == kind, why


def _narrated(div: str, status: str = "additional") -> Condition:
    """A disease of long standing, and its narrative."""
    told = condition("icd:I10", id="narrated", onset="2015-01-01")
    return msgspec.structs.replace(told, text=Narrative(status=status, div=div))


@pytest.mark.parametrize(
    ("resources", "kind", "why"),
    [
        ((cancer(), _narrated("<div>Bone pain.</div>")), "symptom", "how she is: a narrative has no day"),
        ((cancer(), _narrated("<div>Bone pain.</div>", "generated")), "none", "no more than the elements say"),
        ((cancer(), _narrated("<div>Feels well.</div>")), "none", "nothing of it"),
        ((cancer(), _narrated("<div>Breast lump.</div>")), "none", "that of the new cancer"),
        ((*TREATED, _narrated("<div>Breast lump.</div>")), "unknown", "after treatment a new one"),
    ],
)
def test_what_a_narrative_says(resources: tuple[Resource, ...], kind: str, why: str, facts_of: FactsOf) -> None:
    assert _kind(facts_of(*resources)["metastasis-suspected"]) == kind, why


def test_the_evidence_names_the_narrative(facts_of: FactsOf) -> None:
    [told] = facts_of(cancer(), _narrated("<div>Bone pain.</div>"))["metastasis-suspected"].evidence
    assert (told.value, told.resources, told.date) == ("narrative", ("Condition/narrated",), None)


def test_the_narrative_of_a_patient_is_read(facts_of: FactsOf) -> None:
    told = msgspec.structs.replace(woman(), text=Narrative(status="additional", div="<div>Bone pain.</div>"))
    assert _kind(facts_of(cancer(), patient=told)["metastasis-suspected"]) == "symptom"


def test_a_record_without_a_patient_has_no_narrative_of_one(source_of: Callable[..., Source]) -> None:
    [episode] = extract(without_patient(source_of(cancer()))).episodes
    assert _kind(episode.facts["metastasis-suspected"]) == "none"


def test_each_report_is_read(facts_of: FactsOf) -> None:
    """Whatever comes before it in the record: a report without a file, and one of years ago."""
    found = (report("CT chest", conclusion="Normal."), _note(_file("Cough."), days=2000), _note(_file(METASTASES)))
    assert _kind(facts_of(cancer(), *found)["metastasis-suspected"]) == "sign"


@pytest.mark.parametrize(
    ("onset", "days"), [(None, 2000), ("2025-11-01", None)], ids=["of the cancer", "of the report"]
)
def test_without_a_day_nothing_is_too_old(onset: str | None, days: int | None, facts_of: FactsOf) -> None:
    found = report("Progress note", days=days, presented_form=(_file(METASTASES),))
    assert _kind(facts_of(cancer(onset=onset), found)["metastasis-suspected"]) == "sign"


@pytest.mark.parametrize(("days", "date"), [(10, ago(10)), (None, None)], ids=["dated", "undated"])
def test_the_evidence_names_the_file(days: int | None, date: str | None, facts_of: FactsOf) -> None:
    found = report("Progress note", days=days, presented_form=(_file(METASTASES),), id="note")
    fact = facts_of(cancer(), found)["metastasis-suspected"]
    told = {(each.value, each.resources, each.date) for each in fact.evidence}
    assert told == {("file of a report", ("DiagnosticReport/note",), date)}


def test_what_is_too_long_to_be_read_is_open(facts_of: FactsOf) -> None:
    """The sentences that were read say nothing; of the others nobody knows."""
    long = " ".join(f"No pain number {each}." for each in range(LONGEST // 10))
    assert _kind(facts_of(cancer(), _note(_file(long)))["metastasis-suspected"]) == "unknown"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (_file("Übelkeit"), "Übelkeit"),
        (Attachment(content_type="text/plain", data=base64.b64encode(b"caf\xe9").decode()), "caf\ufffd"),
        (_file("<p>one<br/>two</p>", "text/html"), "\none\n\ntwo\n"),
        (_file("a <i>b</i> &amp; c", "text/html"), "a b & c"),
        (_file("{}", "application/json"), None),
        (_file("text", None), None),
        (Attachment(content_type="text/plain", data="====="), None),
        (Attachment(content_type="text/plain", data="Y291\nZ2g="), "cough"),
        (Attachment(content_type="text/plain", data="ü"), None),
        (_file("<p>one\ntwo</p>", "text/html"), "\none two\n"),
    ],
)
def test_the_text_of_a_file(file: Attachment, text: str | None) -> None:
    assert text_of(file) == text


INLINE = ("a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u")


@pytest.mark.parametrize("tag", INLINE)
def test_what_stands_within_a_line_of_a_page_ends_no_sentence(tag: str) -> None:
    assert text_of(_file(f"<p>no <{tag}>bone</{tag}> pain</p>", "text/html")) == "\nno bone pain\n"


EVERYDAY_SIGNS = (
    ("Eyes looking a bit yellow per husband.", "liver"),
    ("Urine dark, stools pale x 1 wk.", "liver"),
    ("Alk phos up again.", "liver or bone"),
    ("LFTs bumped.", "liver"),
    ("Off her food.", "liver, or anything"),
    ("Sleeping in the recliner because of her back.", "spine"),
    ("Heating pad every night for her back.", "spine"),
    ("Her bad shoulder is acting up more than usual, keeps her up.", "bone"),
    ("Woke with a charley horse in the thigh that has not gone away.", "bone"),
    ("Using a cane since Oct.", "bone or cord"),
    ("Takes Aleve round the clock.", "pain that nobody names"),
    ("Had an x-ray at urgent care for her hip, told to follow up.", "a hip, and a study whose result is not here"),
    ("Outside MRI showed marrow replacement.", "marrow"),
    ("Bx of the rib scheduled Thursday.", "a rib, and a sample to come"),
    ("PCP ordered MRI of the neck, pending.", "a result that is waited for"),
    ("Loss of bladder control since Monday.", "cord"),
    ("Legs feel heavy, tripping over rugs.", "cord"),
    ("Fell twice this month.", "brain or cord"),
    ("Right hand has gone clumsy, drops cups.", "brain"),
    ("Seeing double at night.", "brain"),
    ("Face droop noticed by daughter.", "brain"),
    ("She had a fit on Saturday.", "brain"),
    ("Spells of staring.", "brain"),
    ("Says mom gets muddled in the afternoons lately.", "brain"),
    ("Has stopped driving because she gets lost.", "brain"),
    ("Voice gone raspy.", "the nerve of the larynx"),
    ("Trouble swallowing pills lately.", "mediastinum"),
    ("Dysphagia for solids.", "mediastinum"),
    ("Microscopic hematuria.", "may be of the urinary tract"),
    ("Placement of a cannula, right lateral ventricle.", "the brain"),
    ("Hiccups for 3 weeks.", "diaphragm"),
    ("Gets puffed walking to the mailbox now.", "lung"),
    ("Neck gland up x 2 months.", "a node beyond the axilla"),
    ("Platelets are dropping.", "marrow"),
    ("ctDNA detected.", "a marker"),
    ("CA 27.29 doubled.", "a marker"),
    ("On Enhertu.", "treatment of disease"),
    ("PET last year lit up in the sternum.", "bone"),
    ("New nipple inversion.", "the breast itself, new in follow-up"),
    ("Found a pea under the scar.", "the breast itself"),
    ("Rash on the breast not going away.", "the breast itself"),
)


@pytest.mark.parametrize(("sentence", "why"), EVERYDAY_SIGNS)
def test_everyday_words_that_nobody_can_tell_from_a_sign(sentence: str, why: str, facts_of: FactsOf) -> None:
    """What a note says in the patient's words is unknown, or a symptom, and never nothing."""
    found = facts_of(
        cancer(days=1900), surgery(1800), _note(_file(f"Here for follow up. Taking letrozole. {sentence}"))
    )
    assert _kind(found["metastasis-suspected"]) != "none", why


@pytest.mark.parametrize(
    "sentence",
    [
        "Return in 6 months.",
        "Neck supple.",
        "Weight: 70 kg.",
        "Spine nontender.",
        "No back pain.",
        "Chest wall without nodules.",
        "Walks the dog with her husband.",
        "Taking calcium and vitamin D.",
        "Mammogram normal.",
        "She enjoys her garden.",
        "ASA 2. Mallampati II. METS > 4. No prior anesthetic problems.",
        "Met with the social worker.",
    ],
)
def test_everyday_words_that_say_nothing(sentence: str, facts_of: FactsOf) -> None:
    found = facts_of(
        cancer(days=1900), surgery(1800), _note(_file(f"Here for follow up. Taking letrozole. {sentence}"))
    )
    assert _kind(found["metastasis-suspected"]) == "none"
