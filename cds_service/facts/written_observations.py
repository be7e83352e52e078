"""Observations that say in words what was seen outside the breast, as a report does, what an examination found, or why
she came.

The words are read like the conclusion of a report (`facts.conclusions`).
"""

import re
from collections.abc import Iterator

from cds_service.facts import unread
from cds_service.facts.breast_studies import TYPES_OF_BREAST, names_breast
from cds_service.facts.conclusions import is_harmless, understand_conclusion
from cds_service.facts.dates import When
from cds_service.facts.mentions import Kind, Mention, is_denied
from cds_service.facts.model import Evidence
from cds_service.facts.observations import NOT_THERE, denies, has_result, observed
from cds_service.facts.record_suspicions import read_elsewhere
from cds_service.facts.reported import IMAGING_OF_THE_BODY
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.facts.suspicion import SUSPICIOUS, Suspicion, is_mute
from cds_service.fhir.resources import Observation


def of_written_observations(since: When | None, source: Source) -> Iterator[Suspicion]:
    """Observations that say in words what was seen outside the breast, as a report does, and were not understood; and
    those without a code, of which only the value says what they are.

    What they are understood to say is read with the other Observations (`facts.record_suspicions`).
    """
    for observation, sets in source.telling_observations:
        if read_elsewhere(sets) or not has_result(observation):
            continue
        if not (_has_no_code(observation) or _is_of_other_study(observation, source)):
            continue
        on = observed(observation)
        if since is not None and on is not None and on.surely_older(source.windows.work_up_days, since.earliest):
            continue
        if _is_open(observation, source):
            evidence = Evidence(
                value=unread.REPORT, resources=(reference_to(observation),), date=on.text if on else None
            )
            yield Suspicion(kind=None, site="other", evidence=evidence)


def _is_open(observation: Observation, source: Source) -> bool:
    value = observation.value_codeable_concept
    told = [text for text in (observation.value_string, *texts_of(value)) if text and text.strip()]
    flagged = any(coding.code in _ABNORMAL for flag in observation.interpretation for coding in flag.coding)
    denied = _denies_its_name(observation, told, source)
    mute = not denied and bool(codes_of(value)) and not source.sets_of(value) and is_mute(value)
    texts = [*(() if denied else told), *(note.text for note in observation.note if note.text and note.text.strip())]
    return mute or flagged or any(understand_conclusion(text, _harmless_in_imaging, source).open for text in texts)


def _denies_its_name(observation: Observation, told: list[str], source: Source) -> bool:
    """Whether an Observation is named after a finding, and says no more than that it is not there: "Cervical lymph
    nodes": "not palpable". What else is absent may be what is wrong: "Breath sounds".
    """
    if not (all(map(NOT_THERE.fullmatch, told)) if told else denies(observation)):
        return False
    for name in texts_of(observation.code):
        found = source.read(f"{name}: none").of(*SUSPICIOUS)
        if found and all(map(is_denied, found)) and not _OF_A_FUNCTION.search(name):
            return True
        if told and all(_IMPALPABLE.fullmatch(f"{name} {each}") for each in told):
            return True
    return False


_IMPALPABLE = re.compile(
    r"\s*(?:liver|spleen|kidneys?)\s+(?:not (?:palpable|palpated|felt|enlarged)|impalpable)[\s.]*", re.IGNORECASE
)
"""Organs that are felt only where they are enlarged."""
_OF_A_FUNCTION = re.compile(r"\bgait\b", re.IGNORECASE)
"""What the reader takes for a complaint about it, and is wrong where it is absent."""
_ABNORMAL = frozenset({"A", "AA", "POS"})
"""Flags (https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html) of a study that found something."""


def _has_no_code(observation: Observation) -> bool:
    return not codes_of(observation.code) and not texts_of(observation.code)


def _is_of_other_study(observation: Observation, source: Source) -> bool:
    """Whether it is, by category or name, what a study outside the breast found."""
    named = texts_of(observation.code, observation.body_site)
    if any(names_breast(text) for text in named):
        return False
    if any(coding.code in ("imaging", "exam") for each in observation.category for coding in each.coding):
        return True
    if any(map(_EXAMINED.search, texts_of(observation.code))):
        return True
    studies = {m.value for text in texts_of(observation.code) for m in source.read(text).of(Kind.MODALITY)}
    of_report = any(_REPORTS.search(text) for text in texts_of(observation.code))
    return bool(studies & IMAGING_OF_THE_BODY) or (of_report and not _of_breast(observation, source))


_EXAMINED = re.compile(
    r"\b(?:exam(?:ination)?|physical findings?|O/E|auscultation|palpation|power|reflex(?:es)?|gait|chief complaint"
    r"|presenting (?:complaint|problem)|reason for (?:visit|attendance)|history of present(?:ing)?)\b",
    re.IGNORECASE,
)
"""An examination, or what she came for: what it says has to be understood."""
_REPORTS = re.compile(
    r"^\s*(?:clinical )?(?:findings?|diagnos[ei]s)\s*$"
    r"|\b(?:impression|narrative|(?:pathology|biopsy) (?:report|diagnosis)|study observation)",
    re.IGNORECASE,
)
"""How a report is called that comes as an Observation (LOINC: "Pathology report diagnosis")."""


def _of_breast(observation: Observation, source: Source) -> bool:
    """Whether its words speak of breast or axilla, or of a cancer by a type that those of the breast have."""
    texts = [text for text in (observation.value_string, *texts_of(observation.value_codeable_concept)) if text]
    types = {m.value for text in texts for m in source.read(text).of(Kind.BREAST_CANCER)} & TYPES_OF_BREAST
    return bool(types) or any(names_breast(text) for text in texts)


def _harmless_in_imaging(mention: Mention) -> bool:
    return is_harmless(mention, imaging=True, old=False)
