"""When two resources of one id are one: in versions that say the same."""

import msgspec

from cds_service.fhir.resources import Resource


def same(one: Resource, other: Resource) -> bool:
    """Whether two resources of one id say the same, in whatever versions: all but `meta` is alike."""
    return one == other or msgspec.structs.replace(one, meta=other.meta) == other
