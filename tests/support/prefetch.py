"""Prefetch as a request brings it, and the templates of its keys."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from cds_service.coding import LOINC, Code
from cds_service.hooks.services import make_services

TEMPLATES = make_services([Code(LOINC, "21908-9"), Code(LOINC, "a/b c")])[0].prefetch


def as_prefetch(values: Mapping[str, Any]) -> dict[str, msgspec.Raw]:
    """Each value as the bytes that a client sends."""
    return {key: msgspec.Raw(json.dumps(value).encode()) for key, value in values.items()}
