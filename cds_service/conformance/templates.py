"""Whether a prefetch template is one that clients can fill (https://cds-hooks.hl7.org/2.0/#prefetch-template)."""

import re
from collections.abc import Iterator

from cds_service.conformance.contexts import KNOWN, USER_TOKENS
from cds_service.conformance.findings import Finding, judge

_TOKEN = re.compile(r"\{\{(.*?)\}\}")
_FIELD = re.compile(r"context\.[A-Za-z][A-Za-z0-9]*")
_PATH = re.compile(r"context\.[A-Za-z][A-Za-z0-9]*[.\[(].+")

# What CDS Hooks 3.0 adds: functions, operators and earlier prefetch as variables (its "Simpler FHIRPath").
_FHIRPATH = re.compile(r"today\(\).*|%.+|.*[(|].*")

_RELATIVE = re.compile(r"(?:[A-Z][A-Za-z]+|\{\})(?:/[^/?]+(?:/[^?]+)?)?(?:\?.+)?|\{\}", re.DOTALL)
_READ = re.compile(r"[A-Z][A-Za-z]+/[^/?$]+|\{\}")
_SEARCH = re.compile(r"[A-Z][A-Za-z]+\?(.+)", re.DOTALL)
_PARAMETER = re.compile(r"(?:_count|_sort|_maxresults|_id|_lastUpdated|[a-z][A-Za-z-]*)(?::in)?")
_OBSOLETE_SORT = re.compile(r"_?sort:(?:asc|desc)")
_PREFIX = re.compile(r"(?:ne|sa|eb|ap)\d{4}")


def check_template(template: str, *, hook: str, version: str, place: str) -> Iterator[Finding]:
    """P1 to P8 for one template of a service for `hook`; `version`: of CDS Hooks, as the service states it."""
    tokens = _TOKEN.findall(template)
    bare = _TOKEN.sub("{}", template)
    yield judge("P1", place, None if _RELATIVE.fullmatch(bare) else f"{template} is no relative read or search")
    if "{{" in bare or "}}" in bare:
        yield judge("P2", place, f"{{{{ and }}}} do not pair in {template}")
    for token in tokens:
        yield from _check_token(token, hook=hook, newest=version.startswith(("3", "STU3")), place=place)
    yield judge("P5", place, _outside_subset(bare))
    yield judge("P6", place, "uses sort:desc, which no FHIR R4 server knows" if _OBSOLETE_SORT.search(bare) else None)
    yield judge("P7", place, _optional_field(tokens, hook))


def _check_token(token: str, *, hook: str, newest: bool, place: str) -> Iterator[Finding]:
    """A token is legal in 2.0, or FHIRPath of 3.0 in a service that says it is of 3.0, or a fault."""
    if token.startswith("user") and token.isalnum():
        yield judge("P4", place, None if token in USER_TOKENS else f"there is no user token {token}")
    elif newest and (_FHIRPATH.fullmatch(token) or _PATH.fullmatch(token)):
        yield judge("P8", place, f"{{{{{token}}}}} is FHIRPath of CDS Hooks 3.0")
    elif _PATH.fullmatch(token):
        yield judge("P3", place, f"{{{{{token}}}}} is no root-level field of the context")
    elif not _FIELD.fullmatch(token):
        yield judge("P2", place, f"{{{{{token}}}}} names neither a field of the context nor a user")
    else:
        yield judge("P2", place, None)
        yield judge("P8", place, None)
        yield judge("P3", place, _forbidden_field(token.removeprefix("context."), hook))


def _forbidden_field(name: str, hook: str) -> str | None:
    context = KNOWN.get(hook)
    if context is None or name in context.tokens:
        return None
    return f"{hook} allows no token context.{name}, only {', '.join(context.tokens)}"


def _optional_field(tokens: list[str], hook: str) -> str | None:
    context = KNOWN.get(hook)
    names = [token.removeprefix("context.") for token in tokens if token.startswith("context.")]
    optional = [name for name in names if context is not None and name in context.optional]
    return f"needs {', '.join(optional)}, which a client may leave out" if optional else None


def _outside_subset(bare: str) -> str | None:
    """What of the template is beyond the subset; what is no template at all is P1's."""
    if _READ.fullmatch(bare):
        return None
    search = _SEARCH.fullmatch(bare)
    if search is None:
        return f"{bare} is neither an instance read nor a search of one type" if _RELATIVE.fullmatch(bare) else None
    for parameter in search.group(1).split("&"):
        name, _, value = parameter.partition("=")
        if not _PARAMETER.fullmatch(name) and not _OBSOLETE_SORT.fullmatch(name):
            return f"{name} is beyond the subset: equality, :in, dates by eq lt gt ge le, _count and _sort"
        if _PREFIX.match(value):
            return f"{value[:2]} is none of the comparisons eq lt gt ge le"
    return None
