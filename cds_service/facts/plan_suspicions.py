"""What care plans say of findings elsewhere, "MRI liver for a lesion seen on US", of symptoms and other cancers.
What they tell the patient to watch for ("call for new bone pain"), or teach, is none of hers.
"""

import re
from collections.abc import Iterator

from cds_service.facts.advice import is_taken_for_granted, is_watched_for
from cds_service.facts.cancer_notes import understand_note
from cds_service.facts.dates import start_of, when
from cds_service.facts.given_symptoms import is_elsewhere
from cds_service.facts.mentions import Kind
from cds_service.facts.model import Evidence
from cds_service.facts.plan_texts import concepts_of_plan, texts_of_plan
from cds_service.facts.relapse_words import tells_of_relapse
from cds_service.facts.source import Source, reference_to
from cds_service.facts.suspicion import Suspicion, tells_of_another


def of_plans(source: Source) -> Iterator[Suspicion]:
    """The care plans that name a finding outside breast and axilla, or a metastasis: nobody says what came of it.

    What was seen was seen, though the plan is done or withdrawn since.
    """
    for plan in source.record.care_plans:
        on = when(start_of(plan.period), plan.created)
        if on is not None and on.surely_older(source.windows.work_up_days, source.today):
            continue  # what it planned has been done since
        said = any(
            _names_finding(text, source) or tells_of_relapse(text, source) or _is_for_another(text, source)
            for text in texts_of_plan(plan)
        )
        if said or not _SIGNS.isdisjoint(source.sets_of(*concepts_of_plan(plan))):
            evidence = Evidence(value="finding in a care plan", resources=(reference_to(plan),))
            yield Suspicion(kind=None, site="other", evidence=evidence)


_SIGNS = frozenset(
    {
        *("symptom-bone", "symptom-spine", "symptom-lung", "symptom-liver", "symptom-brain", "symptom-general"),
        *("imaging-finding-elsewhere", "distant-metastasis", "other-malignancy", "possible-sign"),
    }
)
"""Value sets of what an activity may be for that nobody has without a cause."""


def _is_for_another(text: str, source: Source) -> bool:
    """Whether a plan names another cancer, a metastasis, or a symptom that it does not only tell of."""
    if tells_of_another(text, source):
        return True
    reading = source.read(text)
    # What is taught is a symptom to watch for; a metastasis that is there is there, whatever is taught beside it.
    if any(not is_watched_for(text, each.start) for each in reading.affirmed(Kind.METASTASIS)):
        return True
    felt = [each for each in reading.of(Kind.SYMPTOM, Kind.SIGN) if each.may_hold]
    felt += reading.affirmed(Kind.LABORATORY)  # a test that is only named is to be done
    if any(is_taken_for_granted(text, each.start) for each in felt):
        return True
    around = text
    for each in felt:
        around = around[: each.start] + " " * (each.end - each.start) + around[each.end :]
    if _TEACHES.search(around):
        return False
    # What is treated is there; of a complaint at no certain place any treatment may be the cause.
    return any(map(is_elsewhere, felt)) if _TREATS.search(around) else bool(felt)


_TEACHES = re.compile(
    r"\b(?:call|report|watch|monitor|check|review|educat\w*|teach\w*|tell|told|explain\w*|return|if|should|instruct\w*"
    r"|inform\w*|signs?|symptoms?|aware\w*|prevent\w*|precautions?|risks?|reduc\w*|avoid\w*|free|assess\w*"
    r"|screen\w*|cop\w+|side effects?|support\w*|(?<!not )(?<!no )improv\w*|minimi[sz]e\w*|maintain\w*|goals?"
    r"|exercise\w*|advice|advise\w*|discuss\w*|as needed|prn|healing|recovery|post-?op\w*|surg\w+|during"
    r"|after)\b",
    re.IGNORECASE,
)
"""What is taught, prevented or hoped for is not there, or is what any treatment brings."""
_TREATS = re.compile(r"\b(?:manag\w*|control\w*|relie\w*|treat\w*)\b", re.IGNORECASE)


def _names_finding(text: str, source: Source) -> bool:
    reading = understand_note(text, "unstated", source).reading
    local = any(each.may_hold for each in reading.of(Kind.LOCAL_SYMPTOM, Kind.NODE))
    return any(
        each.may_hold and not (local and each.value == "unspecified") for each in reading.of(Kind.IMAGING_FINDING)
    )
