"""Where sentences end in what clinicians write: at a line, a semicolon, and a full stop that is no decimal point."""

import re

SENTENCE_ENDS = re.compile(r"[;\n\r]|\.(?!\d)")


def sentences_of(text: str) -> list[str]:
    """The sentences of a text as they stand there, without what ends them; none that is empty."""
    return [each for each in SENTENCE_ENDS.split(text) if each.strip()]
