"""FHIR references compared by what they point to (https://hl7.org/fhir/R4/references.html#literal)."""

import re

CONTAINED = "#"

_RELATIVE = re.compile(r"[A-Za-z]+/[A-Za-z0-9.-]+")
"""`Type/id`, as nearly every sender writes it."""


def relative(reference: str) -> str:
    """`Type/id` of a relative, absolute or versioned reference; the bare id of a `urn:uuid:` or bare one."""
    if _RELATIVE.fullmatch(reference):
        return reference
    unversioned = reference.strip().partition("/_history/")[0]
    return "/".join(unversioned.removeprefix("urn:uuid:").split("/")[-2:])


def points_to(reference: str, resource_type: str, id: str) -> bool:
    """Whether a reference, however spelled, is to this resource."""
    wanted = f"{resource_type}/{id}"
    return reference == wanted or relative(reference) in (wanted, id)
