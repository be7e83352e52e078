"""The base of the values that stages hand on by the hundred: frozen, compared by content, and cheap to make."""

import msgspec


class Value(msgspec.Struct, frozen=True, gc=False):
    """A frozen value. Like a frozen dataclass, made ten times as fast: 0.1 µs, not 1.3 µs, with six fields.

    A request makes some 300 of them. `gc=False`: values hold what was there before them, so there are no cycles.
    """
