"""Where sentences end."""

import pytest

from cds_service.facts.sentences import sentences_of


@pytest.mark.parametrize(
    ("text", "sentences", "why"),
    [
        ("Node; scar", ["Node", " scar"], "a semicolon"),
        ("Mass. Node.", ["Mass", " Node"], "a full stop"),
        ("Mass 2.5 cm", ["Mass 2.5 cm"], "not the point of a number"),
        ("scar\n\nclip.", ["scar", "clip"], "a line; an empty one is no sentence"),
        ("scar\r\nclip", ["scar", "clip"], "a line as Windows ends it"),
        ("scar, clip: seen", ["scar, clip: seen"], "commas and colons are within"),
        (" ", [], "nothing is said"),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str], why: str) -> None:
    assert sentences_of(text) == sentences, why
