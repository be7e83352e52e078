"""The figures of a report in words: its key figures, and tables that a page, a terminal and a printout show alike."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from cds_service.hooks.feedback import FeedbackOutcome
from cds_service.hooks.services import ORDER_SELECT, ORDER_SIGN
from cds_service.knowledge.model import Category, Knowledge
from cds_service.store.consultations import Band
from cds_service.store.report import Report
from cds_service.web.report_names import (
    DONE,
    NOT_SHOWN,
    card_name,
    fact_name,
    outcome_name,
    reason_name,
    study_name,
    variant_names,
)

_OPEN = "open"
"""Stands for assessments without a rating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One key figure: what, how many, and a remark."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table: its words, its count, and what stands behind the count."""

    words: tuple[str, ...]
    count: int
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table. `counted` heads the count, `after` what follows it; `empty` is said where there is no line."""

    id: str
    title: str
    columns: tuple[str, ...]
    counted: str
    lines: tuple[Line, ...]
    empty: str
    after: tuple[str, ...] = ()
    remark: str = ""

    @property
    def most(self) -> int:
        """The largest count, at least one: how long the longest bar is."""
        return max((line.count for line in self.lines), default=1) or 1


def figures(report: Report) -> tuple[Figure, ...]:
    """The key figures, most important first."""
    shown = report.warnings()
    accepted = report.answers.count(FeedbackOutcome.ACCEPTED, "warning")
    overridden = report.answers.count(FeedbackOutcome.OVERRIDDEN, "warning")
    return (
        Figure(label="Orders assessed", value=str(report.assessments), remark="each time an order was looked at"),
        Figure(label="Warnings shown", value=str(shown), remark=_share(shown, report.assessments, "of assessments")),
        *_withheld(report),
        Figure(label="Warnings accepted", value=str(accepted), remark=_share(accepted, shown, "of those shown")),
        Figure(label="Warnings overridden", value=str(overridden), remark=_share(overridden, shown, "of those shown")),
        Figure(label="Studies avoided", value=str(report.answers.studies_avoided), remark="cancelled or replaced"),
        Figure(label="Radiation avoided", value=band(report.answers.msv_avoided), remark="by ACR's bands"),
    )


def _withheld(report: Report) -> Iterator[Figure]:
    for mode, words in NOT_SHOWN.items():
        if count := report.warnings(mode):
            yield Figure(label=f"Warnings not shown: {words}", value=str(count))


def sections(report: Report, knowledge: Knowledge) -> tuple[Section, ...]:
    """Every table, in the order in which it is read."""
    study, variant = partial(study_name, knowledge), partial(variant_names, knowledge)
    return (
        _outcomes(report),
        _shown(report),
        _overridden(report),
        _missing(report),
        _accepted(report, study),
        _variants(report, variant),
        _not_shown(report, variant),
        _unmapped(report),
    )


def band(msv: Band | None) -> str:
    """A range of radiation as it is read: "10 to 30 mSv"."""
    if msv is None:
        return ""
    low, high = (_rounded(each) for each in msv)
    return f"{low} mSv" if low == high else f"{low} to {high} mSv"


def _rounded(msv: float) -> str:
    """Without a precision that the bands do not have."""
    text = f"{msv:.0f}" if abs(msv) >= 10 else f"{round(msv, 1):g}"
    return text.replace("-", "\N{MINUS SIGN}")


# --- tables -----------------------------------------------------------------------------------------------------------
def _outcomes(report: Report) -> Section:
    groups = list(dict.fromkeys((each.outcome, each.category) for each in report.outcomes))
    by_hook = {(each.outcome, each.category, each.hook): each.assessments for each in report.outcomes}

    def line(outcome: str, category: str | None) -> Line:
        hooks = [by_hook.get((outcome, category, hook), 0) for hook in (ORDER_SELECT, ORDER_SIGN)]
        return Line(words=(outcome_name(outcome, category),), count=sum(hooks), after=tuple(map(str, hooks)))

    return Section(
        id="outcomes",
        title="Outcomes",
        columns=("Outcome",),
        counted="Assessments",
        after=("while ordering", "at signing"),
        lines=tuple(sorted((line(*group) for group in groups), key=lambda each: -each.count)),
        empty="Nothing was assessed.",
    )


def _variants(report: Report, variant: Callable[[str], tuple[str, str]]) -> Section:
    by_variant: dict[str, Counter[str]] = {}
    for each in report.variants:
        by_variant.setdefault(each.variant, Counter())[each.category or _OPEN] += each.assessments
    groups = sorted(by_variant.items(), key=lambda item: (-item[1].total(), item[0]))
    return Section(
        id="variants",
        title="Variants",
        columns=("Variant", "About"),
        counted="Assessments",
        after=(*(category.label for category in Category), "no rating"),
        lines=tuple(
            Line(
                words=variant(id),
                count=counts.total(),
                after=tuple(str(counts[key]) for key in (*Category, _OPEN)),
            )
            for id, counts in groups
        ),
        empty="No variant held or could hold.",
        remark="An assessment counts for every variant that held or could hold.",
    )


def _accepted(report: Report, study: Callable[[str | None], str]) -> Section:
    return Section(
        id="accepted",
        title="Accepted",
        columns=("Card", "Ordered", "Done", "Instead"),
        counted="Cards",
        after=("Radiation avoided",),
        lines=tuple(
            Line(
                words=(card_name(each.kind), study(each.ordered), DONE[each.does], study(each.study)),
                count=each.cards,
                after=(band(each.avoided),),
            )
            for each in report.answers.accepted
        ),
        empty="No feedback says that a card was accepted.",
        remark="Radiation by the bands of ACR, of the study ordered less that of the one instead.",
    )


def _overridden(report: Report) -> Section:
    return Section(
        id="overridden",
        title="Overridden",
        columns=("Card", "Reason"),
        counted="Cards",
        lines=tuple(
            Line(words=(card_name(kind), reason_name(reason)), count=count)
            for kind, reason, count in report.answers.overridden
        ),
        empty="No feedback says that a card was overridden.",
    )


def _unmatched(cards: int) -> str:
    return f"Feedback about {cards} more cards names none that is on record for its client." if cards else ""


def _shown(report: Report) -> Section:
    shown = {kind: count for mode, kind, count in report.made if mode == "shown"}
    answers = report.answers

    def line(kind: str, count: int) -> Line:
        accepted, overridden = (answers.count(outcome, kind) for outcome in FeedbackOutcome)
        silent = max(count - accepted - overridden, 0)
        return Line(words=(card_name(kind),), count=count, after=tuple(map(str, (accepted, overridden, silent))))

    return Section(
        id="shown",
        title="Cards shown",
        columns=("Card",),
        counted="Shown",
        after=("accepted", "overridden", "no feedback"),
        lines=tuple(line(*each) for each in sorted(shown.items(), key=lambda item: -item[1])),
        empty="No card was shown.",
        remark=_unmatched(answers.unmatched),
    )


def _not_shown(report: Report, variant: Callable[[str], tuple[str, str]]) -> Section:
    return Section(
        id="not-shown",
        title="Cards not shown",
        columns=("Why", "Card", "Variant", "About"),
        counted="Cards",
        lines=tuple(
            Line(
                words=(
                    NOT_SHOWN[each.mode],
                    card_name(each.kind),
                    *(variant(each.variant) if each.variant is not None else ("", "")),
                ),
                count=each.cards,
            )
            for each in report.cards
            if each.mode != "shown"
        ),
        empty="Every card that was made was shown.",
        remark="What would have been seen without shadow mode, mute and quiet time; a card counts for each variant.",
    )


def _missing(report: Report) -> Section:
    return Section(
        id="missing",
        title="Missing facts",
        columns=("Fact",),
        counted="Assessments",
        lines=tuple(Line(words=(fact_name(name),), count=count) for name, count in report.missing),
        empty="No fact was missing that would have decided.",
        remark="What would have decided, had it been recorded where we read it.",
    )


def _unmapped(report: Report) -> Section:
    return Section(
        id="unmapped",
        title="Codes that map to nothing",
        columns=("System", "Code"),
        counted="Orders",
        lines=tuple(Line(words=(each.system, each.code), count=each.orders) for each in report.unmapped),
        empty="Every order had a code that is known, or said that it is no imaging.",
        remark="Imaging among them can be mapped (CDS_CONCEPT_MAPS); laboratory and the like can stay.",
    )


def _share(part: int, whole: int, of: str) -> str:
    return f"{part / whole:.0%} {of}" if whole else ""
