"""A stage, T or N that nobody can read, newer than those that can be read: they may hold no longer.

Which of T, N and M made a newer stage is not known, so that it stands beside each of them; a newer T or N stands beside
the stage. Of one day, what can be read says it (facts A7: E13).
"""

import msgspec

from cds_service.facts.stage_statements import StageMark, unread

_PARTS = {"group": ("t", "n", "m"), "t": ("group",), "n": ("group",)}
"""What a statement of each kind, unread, says something of as well."""


def with_unread_since(found: tuple[StageMark, ...]) -> tuple[StageMark, ...]:
    """The statements, and what those that cannot be read may say of the other kinds."""
    added: list[StageMark] = []
    for mark in found:
        if not mark.values and mark.timing in ("clinical", "unspecified"):
            added += [
                msgspec.structs.replace(unread(mark), kind=kind)
                for kind in _PARTS.get(mark.kind, ())
                if _all_before([each for each in found if each.kind == kind and each.values], mark)
            ]
    return (*found, *added) if added else found


def _all_before(readable: list[StageMark], mark: StageMark) -> bool:
    """Whether there is something readable, and all of it is surely older; what is undated is of any day."""
    on = mark.on
    if on is None or not readable:
        return False
    return all(each.on is not None and each.on.surely_before(on) for each in readable)
