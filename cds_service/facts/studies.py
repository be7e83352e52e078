"""Which study of procedures.yaml a code, a body site and some words name; and the studies the patient already had.

Codes decide; most specific wins; codes that name different studies name none. Words are used only where no code is
known, and never against a code that is known to be something else (facts C, the traps).
"""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from cds_service.coding import Code
from cds_service.facts.dates import When, start_of, when
from cds_service.facts.model import PriorStudy
from cds_service.facts.sides import side_of, side_of_code
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
from cds_service.fhir.resources import CodeableConcept, DiagnosticReport, Procedure
from cds_service.knowledge.model import Knowledge
from cds_service.knowledge.studies import CodeMatch, ProcedureCode
from cds_service.knowledge.study_names import named_in
from cds_service.value import Value


class Naming(StrEnum):
    """How a study was recognised."""

    FULL = "full"
    HALF = "half"  # one of two drafts that make the study together
    NONE = "none"


class Study(Value, frozen=True, kw_only=True):
    """What an order or a record names. `procedures`: ids, several where contrast or purpose is left open.

    `half`: the codes of the half that is here. `caveats`: what is to be said of a near match. `disagree`: codes named
    different studies.
    """

    naming: Naming
    procedures: tuple[str, ...] = ()
    half: tuple[Code, ...] = ()
    caveats: tuple[str, ...] = ()
    laterality: str | None = None
    disagree: bool = False


NO_STUDY = Study(naming=Naming.NONE)


def identify(code: CodeableConcept | None, *, names_axilla: Callable[[], bool], knowledge: Knowledge) -> Study:
    """The study a concept names. `names_axilla` tells whether what holds it names an axilla; asked where it counts."""
    codes = codes_of(code)
    if any(each in knowledge.not_covered for each in codes):
        return NO_STUDY
    entries = [
        (procedure.id, entry)
        for each in codes
        for procedure, entry in knowledge.studies_by_code.get(each, ())
        if entry.match is not CodeMatch.NEEDS_SITE or names_axilla()
    ]
    if not entries:
        coded_elsewhere = any(each in knowledge.studies_by_code for each in codes)
        return NO_STUDY if coded_elsewhere else _by_words(code, knowledge)
    halves = [(procedure, entry) for procedure, entry in entries if entry.match is CodeMatch.PARTIAL]
    whole = [(procedure, entry) for procedure, entry in entries if entry.match is not CodeMatch.PARTIAL]
    return _whole(whole) if whole else _halves(halves, knowledge)


def _halves(entries: list[tuple[str, ProcedureCode]], knowledge: Knowledge) -> Study:
    """A half of a study; the whole of it where one concept carries the codes of every half."""
    codes = tuple(entry.code for _, entry in entries)
    procedures = tuple(dict.fromkeys(procedure for procedure, _ in entries))
    for procedure in procedures:
        if all(not set(codes).isdisjoint(part) for part in knowledge.procedures[procedure].parts):
            return Study(naming=Naming.FULL, procedures=(procedure,))
    return Study(naming=Naming.HALF, procedures=procedures, half=codes)


def _whole(entries: list[tuple[str, ProcedureCode]]) -> Study:
    """The one study all codes agree on; a code that leaves something open gives way to one that does not."""
    by_code: dict[Code, set[str]] = {}
    for procedure, entry in entries:
        by_code.setdefault(entry.code, set()).add(procedure)
    agreed = set.intersection(*by_code.values())
    if not agreed:
        return Study(naming=Naming.NONE, disagree=True)
    used = [entry for procedure, entry in entries if procedure in agreed]
    notes = tuple(dict.fromkeys(e.note for e in used if e.match in (CodeMatch.NEAR, CodeMatch.EXACT) and e.note))
    sides = {e.laterality for e in used if e.laterality}
    ordered = tuple(dict.fromkeys(procedure for procedure, _ in entries if procedure in agreed))
    return Study(
        naming=Naming.FULL, procedures=ordered, caveats=notes, laterality=sides.pop() if len(sides) == 1 else None
    )


def _by_words(code: CodeableConcept | None, knowledge: Knowledge) -> Study:
    for text in texts_of(code):
        found = named_in(text, knowledge)
        if found:
            return Study(naming=Naming.FULL, procedures=found)
    return NO_STUDY


# --- what was done already --------------------------------------------------------------------------------------------
def prior_studies(source: Source) -> tuple[PriorStudy, ...]:
    """Imaging on record: finished Procedures and reports that name a study we know."""
    return tuple(_prior(source))


def _prior(source: Source) -> Iterator[PriorStudy]:
    def says(code: CodeableConcept) -> bool:
        return source.alike(_study_of_code, code).naming is Naming.FULL

    for procedure in source.done.telling(says, lambda procedure: bool(procedure.body_site)):
        if procedure.status in (None, "completed", "in-progress", "unknown"):
            yield from _of(procedure, procedure.body_site, source)
    for report in source.record.diagnostic_reports:
        if report.status not in ("registered", "cancelled"):
            yield from _of(report, (), source)


def recorded_study(code: CodeableConcept | None, source: Source, *sites: CodeableConcept) -> Study:
    """The study that a Procedure or report of the record names."""
    if code is None or sites:
        return identify(code, names_axilla=lambda: names_axilla((code, *sites), source), knowledge=source.knowledge)
    return source.alike(_study_of_code, code)


def _study_of_code(code: CodeableConcept, source: Source) -> Study:
    return identify(code, names_axilla=lambda: names_axilla((code,), source), knowledge=source.knowledge)


def _of(done: Procedure | DiagnosticReport, sites: tuple[CodeableConcept, ...], source: Source) -> Iterator[PriorStudy]:
    study = recorded_study(done.code, source, *sites)
    if study.naming is not Naming.FULL:
        return
    on = date_of(done)
    recent = on is not None and on.surely_within(source.windows.work_up_days, source.today)
    side = study.laterality or side_of(source, done.code, *sites)
    yield PriorStudy(
        procedure=study.procedures[0],
        resource=reference_to(done),
        date=on.text if on else None,
        laterality=None if side == "unstated" else side,
        in_work_up=recent,
    )


def date_of(done: Procedure | DiagnosticReport) -> When | None:
    """When a study was done."""
    if isinstance(done, Procedure):
        return when(done.performed_date_time, start_of(done.performed_period))
    return when(done.effective_date_time, start_of(done.effective_period), done.issued)


def names_axilla(concepts: Iterable[CodeableConcept | None], source: Source) -> bool:
    """Whether any of these names an axilla, by code or in words."""
    listed = tuple(concepts)
    return source.has("axilla-site", *listed) or any("axill" in text.lower() for text in texts_of(*listed))


def _stated_side(code: CodeableConcept | None, source: Source, *beside: CodeableConcept) -> str:
    coded = {side for each in codes_of(code, *beside) if (side := side_of_code(each))}
    return coded.pop() if len(coded) == 1 else side_of(source, code, *beside)


def order_side(source: Source) -> str:
    """The side an order names: its body site, code, details, then its reasons; left, right, bilateral or unstated."""
    draft = source.draft
    for code, beside in ((draft.code, (*draft.body_site, *draft.order_detail)), (None, draft.reason_code)):
        stated = source.alike_together(_stated_side, code, beside)
        if stated != "unstated":
            return _not_against(stated, _sides_of_code(source))
        named = _sides_of_code(source)
        if len(named) == 1:
            return named.pop()
    return "unstated"


def _sides_of_code(source: Source) -> set[str]:
    """The sides that the codes of the order name by themselves."""
    return {
        entry.laterality
        for code in codes_of(source.draft.code)
        for _, entry in source.knowledge.studies_by_code.get(code, ())
        if entry.laterality
    }


def _not_against(stated: str, named: set[str]) -> str:
    """The side stated beside a code; none where the code names the other one."""
    return "unstated" if {stated, *named} == {"left", "right"} else stated
