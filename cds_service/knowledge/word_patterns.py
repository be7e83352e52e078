"""Lists of words as regular expressions: how `breast-words.yaml` and `note-words.yaml` write a word, and what of a
text it finds.

The notation is described for its authors at the head of the first and in docs/knowledge.md. Knows no clinical word.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cds_service.knowledge.faults import Unreadable


def phrases_of(written: str) -> list[str]:
    """The phrases of a list that commas, or ends of lines, separate."""
    return [each.strip() for each in re.split(r"[,\n]", written) if each.strip()]


def any_of(phrases: Iterable[str]) -> str:
    """What finds one of these phrases; of two that begin in the same place the one that is listed first.

    Raises Unreadable for a phrase that is not written as it should be.
    """
    runs: list[list[_Phrase]] = []
    for each in map(_phrase, phrases):
        if runs and all(each.goes_with(other) for other in runs[-1]):
            runs[-1].append(each)
        else:
            runs.append([each])
    found = "|".join(map(_one_of, runs))
    return found if len(runs) == 1 else f"(?:{found})"


def in_turn(lists: Sequence[Sequence[str]], within: str, skipping: Sequence[str] = ()) -> str:
    """What finds a phrase of each list, one after the other, no farther apart than `within` says.

    Raises Unreadable as `any_of` does, and for a distance that is not written as it should be.
    """
    return _gap(within, skipping).join(any_of(each) for each in lists)


# --- phrases ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    """A phrase: `starts` only where a word does, and `ends` only where one does; None: its last sign sees to that."""

    body: str
    starts: bool
    ends: bool | None

    def goes_with(self, other: "_Phrase") -> bool:
        """Whether both may stand between the same boundaries of words, which costs less than one for each."""
        return self.starts == other.starts and {self.ends, other.ends} != {True, False}


def _one_of(run: Sequence[_Phrase]) -> str:
    opening = r"\b" if run[0].starts else ""
    closing = r"\b" if any(each.ends for each in run) else ""
    return f"{opening}(?:{'|'.join(each.body for each in run)}){closing}"


_SIZE = re.compile(r"over ([1-8]) mm")
_WORD = re.compile(r"\[(?P<optional>[^\[\]]+)\](?P<again>\*?)|(?P<needed>[^\s\[\]]+)")


def _phrase(written: str) -> _Phrase:
    size = _SIZE.fullmatch(written)
    if size:
        return _Phrase(body=_over(int(size[1])), starts=True, ends=False)
    inner = written.removeprefix("-").removesuffix("-")
    words = [(word, _WORD.fullmatch(word)) for word in inner.split()]
    if not words or words[-1][0].startswith("["):
        raise Unreadable((), f'"{written}" must end with a word')
    body = ""
    for word, found in words:
        if found is None:
            raise Unreadable((), f'"{word}" is not written as a word, or a choice of words')
        if found["optional"]:
            body += f"(?:{_choice(found['optional'])} ){'*' if found['again'] else '?'}"
        else:
            body += f"{_choice(word)} "
    last = words[-1][0]
    taken_whole = all(each.endswith(("*", "+")) for each in _alternatives(last))
    closed = last[-1].isalnum() or last[-1] in ")#*+"
    return _Phrase(
        body=body.removesuffix(" "),
        starts=not written.startswith("-") and (inner[0].isalnum() or inner[0] in "(["),
        ends=False if written.endswith("-") or not closed else None if taken_whole else True,
    )


def _over(limit: int) -> str:
    """A size in millimetres above a limit: "4 mm", "3.1 mm", "12.5mm", "0.4 cm"."""
    millimetres = rf"(?:(?:[{limit + 1}-9]|[1-9]\d)(?:\.\d+)?|{limit}\.[1-9]) ?mm"
    centimetres = rf"0\.(?:[{limit + 1}-9]\d?|{limit}[1-9]) ?cm"
    return rf"(?:{millimetres}|{centimetres})"


def _choice(written: str) -> str:
    found = [_form(each) for each in _alternatives(written)]
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"


def _alternatives(word: str) -> list[str]:
    """`back|neck` apart, but not the bar inside `(a|b)`."""
    return re.split(r"\|(?![^(]*\))", word)


_FORM = re.compile(r"(?:[\w?#/'-]|\([\w-]+(?:\|[\w-]+)*\))+[*+]?")
_PIECE = re.compile(r"\((?P<endings>[^)]*)\)|[*+#_]|[^()*+#_]+")
_SIGNS = {"*": r"\w*", "+": r"\w+", "#": r"\d+", "_": " "}


def _form(written: str) -> str:
    """One word: `tumo(u)r`, `CD(_)#`, `thick*`."""
    if not _FORM.fullmatch(written):
        raise Unreadable((), f'"{written}" is not written as a word, or a choice of words')
    return _PIECE.sub(_piece, written)


def _piece(found: re.Match[str]) -> str:
    if found["endings"]:
        return f"(?:{'|'.join(_PIECE.sub(_piece, each) for each in found['endings'].split('|'))})?"
    return _SIGNS.get(found[0]) or re.escape(found[0])


# --- what may stand between -------------------------------------------------------------------------------------------
_GAPS = {
    "signs": "[^,.;]{{0,{}}}",
    "signs after a blank": " [^,.;]{{0,{}}}",
    "signs of the sentence": " [^.;\\n]{{0,{}}} ",
    "signs of any kind": r"\b.{{0,{}}}\b",
    "words": r" (?:[\w-]+ ){{0,{}}}",
    "plain words": r" (?:\w+ ){{0,{}}}",
}
_WITHIN = re.compile(rf"(\d+) ({'|'.join(_GAPS)})")


def _gap(within: str, skipping: Sequence[str]) -> str:
    written = _WITHIN.fullmatch(within)
    if written is None:
        raise Unreadable((), f'within: "{within}" is not a number of {", ".join(_GAPS)}')
    if not skipping:
        return _GAPS[written[2]].format(written[1])
    if written[2] != "words":
        raise Unreadable((), f'within: "{within}" is not a number of words to skip')
    return rf"\W*(?:(?:{'|'.join(map(_form, skipping))})\W*){{0,{written[1]}}}"
