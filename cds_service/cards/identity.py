"""Identifiers that depend on the request alone, so that the same request gives the same bytes."""

from hashlib import sha1
from uuid import UUID

_SERVICE = sha1(UUID("b5b0ac38-6f0c-5c0e-9d1a-0d4a6f2e7c11").bytes, usedforsecurity=False)
"""The name space of every identifier this service makes. Changing it orphans all feedback."""


def derived_id(*parts: str) -> str:
    """The UUID (RFC 9562, version 5) of some names in order; the same names always give the same UUID."""
    # A length before each part keeps ("ab", "c") and ("a", "bc") apart.
    named = _SERVICE.copy()
    named.update("".join([f"{len(part)}:{part}" for part in parts]).encode())
    digest = named.hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    # As uuid.uuid5 does it, in a third of its time: an answer needs several.
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def consult_uri(hook_instance: str, reference: str) -> str:
    """The consultation id of an order that does not carry one yet."""
    return f"urn:uuid:{derived_id(hook_instance, reference, 'consult')}"
