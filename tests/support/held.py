"""What an object holds in memory."""

import gc
from collections.abc import Iterator
from types import FunctionType

import msgspec


def held(owner: object, seen: set[int] | None = None) -> Iterator[object]:
    """Everything that an object holds, at any depth, code apart."""
    seen = seen if seen is not None else set()
    # What is made with `gc=False` shows the collector nothing.
    fields = msgspec.structs.astuple(owner) if isinstance(owner, msgspec.Struct) else ()
    for each in (*gc.get_referents(owner), *fields):
        if id(each) not in seen and not isinstance(each, type | FunctionType):
            seen.add(id(each))
            yield each
            yield from held(each, seen)
