"""Phrases as token tries: how text is cut into tokens, how a phrase pattern is written, how phrases are stored.

The same cutting is used for the phrases of `findings.yaml` and for clinical text, so that "work-up", "work up" and
"r / o", "R/O" meet. Knows no clinical word.

Phrase notation: `pain(s)` also without the ending, `metasta(sis|ses)` one of several endings or none,
`back|neck pain` one word or the other, `[new] lump` an optional word, `#` any number, `si_joint` two words as one.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, product
from typing import Any, Generic, TypeVar

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

    def words(self) -> frozenset[str]:
        """Every token of every phrase."""
        found: set[str] = set()
        for node in _all_of(self):
            found.update(node.next)
        return frozenset(found)

    def misspell(self, spellings: Mapping[str, tuple[str, ...]]) -> None:
        """Lets the misspellings of a word lead where the word leads, everywhere in the trie."""
        for node in _all_of(self):
            for right in node.next.keys() & spellings.keys():
                for wrong in spellings[right]:
                    node.next.setdefault(wrong, node.next[right])


def _all_of(trie: Node[T]) -> list[Node[T]]:
    """Every place in a trie, once, however many phrases lead there."""
    found = {trie: None}
    waiting = [trie]
    while waiting:
        for below in waiting.pop().next.values():
            if below not in found:
                found[below] = None
                waiting.append(below)
    return [*found]


Clash = Callable[[tuple[str, ...], T], object]
"""Is told a phrase that means two things, and which of them stays."""


def union(tries: Sequence[Node[T]], clash: Clash[T] | None = None) -> Node[T]:
    """Every phrase of every trie in one, which shares with them what only one of them has; they stay as they are.

    A phrase of several keeps the meaning of the first; `clash` is told where another has another one. Where several
    such phrases share their end it is told of one of them.
    """
    return _Union(clash).of(tuple(tries))


def settled_union(tries: Sequence[Node[T]], done: "Joined[T]") -> Node[T]:
    """The union in which a number that is itself a word of a phrase also leads where any number leads: "CA 125", "CA 15
    units". What is said more exactly stays: "CA 125" is not "CA" and any number.

    `done`: what such unions have made already; it is shared.
    """
    return _Union(None, done=done, numbers=True).of(tuple(tries))


Joined = dict[tuple[Node[T], ...], Node[T]]
"""What became of places that were put together."""


class _Union(Generic[T]):
    """Puts places of several tries together, those that belong together once only."""

    def __init__(self, clash: Clash[T] | None, *, done: Joined[T] | None = None, numbers: bool = False) -> None:
        self._clash = clash
        self._done: Joined[T] = {} if done is None else done
        self._numbers = numbers

    def of(self, places: tuple[Node[T], ...], phrase: tuple[str, ...] = ()) -> Node[T]:
        """The place that stands for all of these, which the words of a phrase lead to."""
        if len(places) == 1 and not self._numbers:
            return places[0]
        made = self._done.get(places)
        if made is None:
            made = self._done[places] = Node()
            made.meaning = self._meaning(places, phrase)
            made.next = {word: self.of(below, (*phrase, word)) for word, below in self._ways(places).items()}
        return made

    def _meaning(self, places: tuple[Node[T], ...], phrase: tuple[str, ...]) -> T | None:
        stays: T | None = None
        for place in places:
            if stays is None:
                stays = place.meaning
            elif self._clash is not None and place.meaning not in (None, stays):
                self._clash(phrase, stays)
                break
        return stays

    def _ways(self, places: tuple[Node[T], ...]) -> dict[str, tuple[Node[T], ...]]:
        ways: dict[str, dict[Node[T], None]] = {}
        for place in places:
            for word, below in place.next.items():
                ways.setdefault(word, {})[below] = None
        if self._numbers and NUMBER in ways:
            for word, leads_to in ways.items():
                if word[0].isdecimal():
                    leads_to.update(ways[NUMBER])
        return {word: tuple(leads_to) for word, leads_to in ways.items()}


def leaf(meaning: T) -> Node[T]:
    """The end of a phrase."""
    end: Node[T] = Node()
    end.meaning = meaning
    return end


def patterns_of(item: Mapping[str, Any]) -> list[str]:
    """The phrase patterns of a list: `phrases` stand one to a line or after a comma, `words` are single words.

    Raises ValueError for one with an empty choice, "or|nor|": a comma has cut it, and what was behind stands alone.
    """
    patterns = [pattern.strip() for pattern in re.split(r", |,?\n", str(item.get("phrases", "")))]
    for pattern in patterns:
        if _EMPTY_CHOICE.search(pattern):
            raise ValueError(f'"{pattern}" has an empty choice; a comma within a phrase is written [,]')
    return [*filter(None, patterns), *str(item.get("words", "")).split()]


_EMPTY_CHOICE = re.compile(r"(?:^|[\s\[|])\||\|(?:[\s\]|]|$)")


def pattern_trie(pattern: str, meaning: T) -> Node[T]:
    """The trie of every token sequence that a phrase pattern stands for, each with this meaning.

    Made from the end, so that all ways to a place share what comes after it: the product of all choices is never made.
    """
    after = leaf(meaning)
    for chunk in reversed([*_chunks(pattern)]):
        after = union([_path(words, after) for words in map(_cut, _choices(chunk))])
    return after


def _path(words: Sequence[str], end: Node[T]) -> Node[T]:
    for word in reversed(words):
        before: Node[T] = Node()
        before.next[word] = end
        end = before
    return end


def meaning_of(trie: Node[T], phrase: Sequence[str]) -> T | None:
    """What exactly this phrase means in a trie."""
    node: Node[T] | None = trie
    for word in phrase:
        node = None if node is None else node.next.get(word)
    return None if node is None else node.meaning


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


def words_of(pattern: str) -> Iterator[str]:
    """The words of the phrases a pattern stands for, in the order in which they come up when all are written out."""
    choices = [[_cut(words) for words in _choices(chunk)] for chunk in _chunks(pattern)]
    yield from chain.from_iterable(first for first, *_ in choices)
    for _, *others in reversed(choices):
        yield from chain.from_iterable(others)


def _cut(words: str) -> tuple[str, ...]:
    return tuple(NUMBER if token == "~" else token for token in tokens(words)[0])


def _chunks(pattern: str) -> Iterator[str]:
    """The words of a pattern; a bracketed group counts as one, a bracket without its other is a sign."""
    return (match[0] for match in re.finditer(r"\[[^\]]+\]|[^\s\[\]]+|[\[\]]", pattern))


def _choices(chunk: str) -> list[str]:
    if chunk.startswith("[") and len(chunk) > 1:
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
