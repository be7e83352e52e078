"""FHIR references compared by what they point to (https://hl7.org/fhir/R4/references.html#literal)."""

CONTAINED = "#"


def relative(reference: str) -> str:
    """`Type/id` of a relative, absolute or versioned reference; the bare id of a `urn:uuid:` or bare one."""
    unversioned = reference.strip().partition("/_history/")[0]
    return "/".join(unversioned.removeprefix("urn:uuid:").split("/")[-2:])


def points_to(reference: str, resource_type: str, id: str) -> bool:
    """Whether a reference, however spelled, is to this resource."""
    wanted = f"{resource_type}/{id}"
    return reference == wanted or relative(reference) in (wanted, id)
