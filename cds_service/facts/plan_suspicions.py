"""What care plans say of findings elsewhere: "MRI liver for a lesion seen on US". What they tell the patient to watch
for ("call for new bone pain") is none of hers, so symptoms in them do not count.
"""

from collections.abc import Iterator

from cds_service.facts.cancer_notes import understand_note
from cds_service.facts.dates import start_of, when
from cds_service.facts.mentions import Kind
from cds_service.facts.model import Evidence
from cds_service.facts.plan_texts import texts_of_plan
from cds_service.facts.relapse_words import tells_of_relapse
from cds_service.facts.source import Source, reference_to
from cds_service.facts.suspicion import Suspicion


def of_plans(source: Source) -> Iterator[Suspicion]:
    """The care plans that name a finding outside breast and axilla, or a metastasis: nobody says what came of it.

    What was seen was seen, though the plan is done or withdrawn since.
    """
    for plan in source.record.care_plans:
        on = when(start_of(plan.period), plan.created)
        if on is not None and on.surely_older(source.windows.work_up_days, source.today):
            continue  # what it planned has been done since
        if any(_names_finding(text, source) or tells_of_relapse(text, source) for text in texts_of_plan(plan)):
            evidence = Evidence(value="finding in a care plan", resources=(reference_to(plan),))
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _names_finding(text: str, source: Source) -> bool:
    reading = understand_note(text, "unstated", source).reading
    local = any(each.may_hold for each in reading.of(Kind.LOCAL_SYMPTOM, Kind.NODE))
    return any(
        each.may_hold and not (local and each.value == "unspecified") for each in reading.of(Kind.IMAGING_FINDING)
    )
