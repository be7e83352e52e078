"""What looking at a service found, rule by rule, and the report made of it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cds_service.conformance.rules import GROUP_OF, RULES, TABLE, Group, Level, Rule


class Outcome(StrEnum):
    """How a rule fared. A broken SHALL fails, a broken SHOULD warns, a MAY that is not used is not offered."""

    FAIL = "fail"
    WARN = "warn"
    NOT_OFFERED = "not-offered"
    PASS = "pass"
    SKIPPED = "skipped"


_BROKEN = {Level.SHALL: Outcome.FAIL, Level.SHOULD: Outcome.WARN, Level.MAY: Outcome.NOT_OFFERED}

_NEVER_SEEN = {
    Group.FEEDBACK: "feedback is not offered, or was not to be sent",
    Group.CORS: "browser clients are not served",
    Group.TOKEN: "no credentials were given",
}
"""Why no rule of a group was looked at; of others, nothing came back that has what they are about."""

_NOTHING = "nothing of this kind came back"


@dataclass(frozen=True, slots=True)
class Finding:
    """One look at one rule. `place`: the call, and the path in its answer. `says`: what is wrong, or why no look."""

    rule: str
    outcome: Outcome
    place: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All looks at one rule: the worst outcome, the looks that led to it, and how many there were."""

    rule: Rule
    group: Group
    outcome: Outcome
    findings: tuple[Finding, ...]
    looks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that is said about a service; `services`: the ids found, with their hooks."""

    url: str
    services: tuple[tuple[str, str], ...]
    results: tuple[Result, ...]

    def of(self, outcome: Outcome) -> tuple[Result, ...]:
        """The rules that fared so."""
        return tuple(result for result in self.results if result.outcome is outcome)

    @property
    def passed(self) -> bool:
        """Whether no SHALL is broken."""
        return not self.of(Outcome.FAIL)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "url": self.url,
            "passed": self.passed,
            "services": [{"id": id, "hook": hook} for id, hook in self.services],
            "counts": {outcome.value: len(self.of(outcome)) for outcome in Outcome},
            "checks": [_to_dict(result) for result in self.results],
        }


def _to_dict(result: Result) -> dict[str, Any]:
    rule = result.rule
    findings = [{"place": each.place, "says": each.says} for each in result.findings if each.says]
    return {
        "id": rule.id,
        "see": list(rule.see),
        "group": result.group.value,
        "level": rule.level.value,
        "outcome": result.outcome.value,
        "rule": rule.says,
        "looks": result.looks,
        "findings": findings,
    }


def judge(rule: str, place: str, fault: str | None) -> Finding:
    """The rule holds at this place where there is no fault."""
    if fault is None:
        return Finding(rule, Outcome.PASS, place)
    return Finding(rule, _BROKEN[RULES[rule].level], place, fault)


def skipped(rule: str, place: str, why: str) -> Finding:
    """The rule could not be looked at."""
    return Finding(rule, Outcome.SKIPPED, place, why)


def make_report(
    url: str, services: Iterable[tuple[str, str]], findings: Iterable[Finding], *, required: Collection[str] = ()
) -> Report:
    """The report, a result for every rule. `required`: the MAY rules that this user cannot do without."""
    looks: dict[str, list[Finding]] = {rule: [] for rule in RULES}
    for finding in findings:
        looks[finding.rule].append(_required(finding) if finding.rule in required else finding)
    results = tuple(_result(rule, looks[rule.id]) for rules in TABLE.values() for rule in rules)
    return Report(url=url, services=tuple(services), results=results)


def _required(finding: Finding) -> Finding:
    if finding.outcome is not Outcome.NOT_OFFERED:
        return finding
    return Finding(finding.rule, Outcome.FAIL, finding.place, finding.says)


def _result(rule: Rule, looks: list[Finding]) -> Result:
    group = GROUP_OF[rule.id]
    looks = looks or [skipped(rule.id, "", _NEVER_SEEN.get(group, _NOTHING))]
    outcome = min((look.outcome for look in looks), key=list(Outcome).index)
    return Result(
        rule=rule,
        group=group,
        outcome=outcome,
        findings=tuple(_distinct(look for look in looks if look.outcome is outcome)),
        looks=sum(look.outcome is not Outcome.SKIPPED for look in looks),
    )


def _distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each once, in the order found; of those that hold, which say nothing, only the first."""
    seen: set[tuple[str, str]] = set()
    for finding in findings:
        key = (finding.place, finding.says) if finding.says else ("", "")
        if key not in seen:
            seen.add(key)
            yield finding
