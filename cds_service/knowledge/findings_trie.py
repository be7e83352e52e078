"""Phrases as token tries: how text is cut into tokens, how a phrase pattern is written, how phrases are stored.

The same cutting is used for the phrases of `findings.yaml` and for clinical text, so that "work-up", "work up" and
"r / o", "R/O" meet. Knows no clinical word.

Phrase notation: `pain(s)` also without the ending, `metasta(sis|ses)` one of several endings or none,
`back|neck pain` one word or the other, `[new] lump` an optional word, `#` any number, `si_joint` two words as one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, product
from typing import Generic, TypeVar

T = TypeVar("T")

# Words start with a letter ("t2n1", "don't"); "18mm" is a number and a word; a hyphen inside a word or between words
# only separates, any other hyphen is a sign of its own ("HER2-", "- cough").
_TOKEN = re.compile(
    r"""(
    \d+(?:\.\d+)?
    | [^\W\d_][^\W_]*(?:'[^\W\d_]+)?
    | [,.;:?!()/+&=<>|*\u2022\u00b7~%\[\]\n\r\v\f\x85\u2028\u2029\u2191\u2193\u2265\u2264]
    | (?<![^\W_])- | -(?![^\W_])
    )""",
    re.VERBOSE,
)
_SPELLING = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", **dict.fromkeys("‐‑‒–—−", "-")})  # noqa: RUF001
_POSSESSIVE = re.compile(r"'s\b")

Tokens = tuple[list[str], list[int], list[int]]
"""The tokens of a text in lower case, where each starts, and where each ends."""

NUMBER = "#"


def tokens(text: str) -> Tokens:
    """The tokens of a text, with spans in the text as given."""
    pieces = _TOKEN.split(_plain(text))  # what is no token, a token, what is no token, ...
    bounds = [*accumulate(map(len, pieces))]
    return pieces[1::2], bounds[:-1:2], bounds[1::2]


def _plain(text: str) -> str:
    """The text in lower case and plain punctuation, every character in its place."""
    lowered = text.lower()
    if not text.isascii():
        # A few letters grow in lower case ("\u0130"): they stay as they are, so that spans still fit the text.
        if len(lowered) != len(text):
            lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
        lowered = lowered.translate(_SPELLING)
    if "(" in lowered:
        lowered = lowered.replace("(s)", "   ").replace("(es)", "    ")
    return _POSSESSIVE.sub("  ", lowered) if "'s" in lowered else lowered


class Node(Generic[T]):
    """A place in the trie: where each next token leads, and what the phrase that ends here means."""

    __slots__ = ("meaning", "next")

    def __init__(self) -> None:
        self.next: dict[str, Node[T]] = {}
        self.meaning: T | None = None

    def add(self, phrase: Iterable[str], meaning: T) -> T | None:
        """Puts a phrase in; gives the meaning that was there before and stays, if there was one."""
        node = self
        for token in phrase:
            below = node.next.get(token)
            if below is None:
                below = node.next[token] = Node()
            node = below
        if node.meaning is not None:
            return node.meaning
        node.meaning = meaning
        return None

    def words(self) -> frozenset[str]:
        """Every token of every phrase."""
        found = set(self.next)
        for node in self.next.values():
            found |= node.words()
        return frozenset(found)

    def settle_numbers(self) -> None:
        """Lets a number that is itself a word of a phrase also lead where any number leads: "CA 125", "CA 15 units".

        What is said more exactly stays: "CA 125" is not "CA" and any number.
        """
        number = self.next.get(NUMBER)
        for word, below in self.next.items():
            if number is not None and word[0].isdecimal():
                below._take_in(number)
            below.settle_numbers()

    def _take_in(self, other: "Node[T]") -> None:
        if self.meaning is None:
            self.meaning = other.meaning
        for word, below in other.next.items():
            self.next.setdefault(word, Node())._take_in(below)

    def misspell(self, spellings: Mapping[str, tuple[str, ...]]) -> None:
        """Lets the misspellings of a word lead where the word leads, everywhere in the trie."""
        for right, node in list(self.next.items()):
            for wrong in spellings.get(right, ()):
                self.next.setdefault(wrong, node)
            node.misspell(spellings)


def longest(node: Node[T], words: Sequence[str], position: int) -> tuple[T | None, int]:
    """The longest phrase that starts at a token and where it ends, in a trie whose numbers are settled."""
    best, after = None, position
    for index in range(position, len(words)):
        step = node.next.get(words[index])
        if step is None and NUMBER in node.next and words[index][0].isdecimal():
            step = node.next[NUMBER]
        if step is None:
            break
        node = step
        if node.meaning is not None:
            best, after = node.meaning, index + 1
    return best, after


def expand(pattern: str) -> Iterator[tuple[str, ...]]:
    """Every token sequence that a phrase pattern stands for."""
    # Chunks stand apart, so that each is cut by itself, once for all the phrases that it is part of.
    for parts in product(*([_cut(words) for words in _choices(chunk)] for chunk in _chunks(pattern))):
        yield tuple(chain.from_iterable(parts))


def _cut(words: str) -> tuple[str, ...]:
    return tuple(NUMBER if token == "~" else token for token in tokens(words)[0])


def _chunks(pattern: str) -> Iterator[str]:
    """The words of a pattern; a bracketed group counts as one."""
    return (match[0] for match in re.finditer(r"\[[^\]]*\]|[^\s\[\]]+", pattern))


def _choices(chunk: str) -> list[str]:
    if chunk.startswith("["):
        inner = product(*(_choices(part) for part in chunk[1:-1].split()))
        return ["", *(" ".join(words) for words in inner)]
    # `#` is no token of clinical text; "~" is, and stands for it until the phrase has been cut.
    written = chunk.replace(NUMBER, " ~ ").replace("_", " ")
    if len(chunk) == 1:  # a sign, also "|" or "("
        return [written]
    return [form for word in _alternatives(written) for form in _forms(word)]


def _alternatives(chunk: str) -> list[str]:
    """`back|neck` apart, but not the bar inside `(sis|ses)`."""
    return re.split(r"\|(?![^(]*\))", chunk)


def _forms(word: str) -> list[str]:
    found = re.fullmatch(r"(.+?)\(([^)]+)\)(.*)", word)
    if not found:
        return [word]
    stem, endings, rest = found.groups()
    return [f"{stem}{ending}{rest}" for ending in ("", *endings.split("|"))]
