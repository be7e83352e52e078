"""Whether words make a tumour larger than T2, or its nodes more than N1: by its size, its stage, what it grows into."""

import re
from collections.abc import Iterable, Iterator

from cds_service.facts.diagnoses import BREAST_CANCER, Diagnosis
from cds_service.facts.mentions import Kind, Reading
from cds_service.facts.sentences import sentences_of
from cds_service.facts.source import texts_of

_ADVANCED = re.compile(
    r"(?<!(?<!or )not )(?<!\bno )(?<!nothing to suggest )local{1,2}y[ -]adv(?:anced|\b)|\bLABC\b"
    r"|\b(?:nodes?|LNs?),? (?:at |in |of )?(?:the )?(?:axillary )?levels?(?: I{1,2}(?:,| ?-| to| and))? ?III\b"
    r"|\bskin\b[^.;:\n]{0,40}\b(?:punch|shave)\b[^.;:\n]{0,30}:(?![^.;\n]{0,30}\b(?:no|not|negative|free|in situ)\b)"
    r"[^.;\n]{0,60}\bcarcinoma\b",
    re.IGNORECASE,
)
"""Words for it, nodes of level III, which is infraclavicular (N3), and a cancer in a sample of skin (T4b; facts A8)."""


def names_advanced(texts: Iterable[str], readings: Iterable[Reading]) -> bool:
    """Whether words call the tumour locally advanced, or name what makes it so, even in doubt."""
    mentions = [mention for reading in readings for mention in reading.of(Kind.ADVANCED)]
    return any(each.may_hold for each in mentions) or any(map(_calls_advanced, texts))


def _calls_advanced(text: str) -> bool:
    lowered = text.lower()  # the search of a text takes thirty times as long, and few hold one of the words
    return any(word in lowered for word in ("adv", "labc", "level", "skin")) and _ADVANCED.search(text) is not None


def is_advanced(diagnosis: Diagnosis) -> bool:
    """Whether an entry of a breast cancer, or a note on it, calls it locally advanced."""
    if diagnosis.disease not in BREAST_CANCER:
        return False
    return names_advanced((*texts_of(diagnosis.concept), *diagnosis.notes), (*diagnosis.words, *diagnosis.noted))


_LARGE_MM = 50.0
"""Over this a tumour is T3 (facts A8)."""
_SMALL_MM = 20.0
"""Over this it is T2."""
_SIZE = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?)(?:\s*(?:x|by|\u00d7)\s*(\d+(?:\.\d+)?))?(?:\s*(?:x|by|\u00d7)\s*(\d+(?:\.\d+)?))?\s*(cm|mm)\b"
    r"(?!\s*(?:from|fn\b|deep))",
    re.IGNORECASE,
)
_OTHER_SIZED = re.compile(
    r"cyst|adenoma|lipoma|seroma|ha?ematoma|scar\b|implant|\bFN\b|distance|benign|previous"
    r"|\bfrom (?:the )?(?:nipple|areola\w*|skin|surface|chest|sternum|midline|(?:nearest |closest )?(?:edge|margin))",
    re.IGNORECASE,
)


def is_large(text: str) -> bool:
    """Whether a sentence gives a size over 50 mm that is not said of something benign, nor a distance."""
    return any(size > _LARGE_MM for size, _, _ in _sized(text))


def is_over_t1(text: str) -> bool:
    """Whether a sentence gives a size over 20 mm, and not over 50, that is not said of something benign, or of a node,
    nor a distance."""
    return any(_SMALL_MM < size <= _LARGE_MM and not _is_of_node(sentence, at) for size, sentence, at in _sized(text))


def _sized(text: str) -> Iterator[tuple[float, str, int]]:
    """The sizes that may be of the tumour, the largest of each measurement, and where they stand in their sentence."""
    for sentence in sentences_of(text):
        found = list(_SIZE.finditer(sentence))
        if found and not _OTHER_SIZED.search(sentence):
            for each in found:
                scale = 10 if each[4].lower() == "cm" else 1
                yield max(float(number) * scale for number in each.groups()[:3] if number), sentence, each.start()


def _is_of_node(sentence: str, at: int) -> bool:
    """Whether a size is of a node: of what is named last before it, else first behind it."""
    named = [*_MEASURED.finditer(sentence[:at])][-1:] or [*_MEASURED.finditer(sentence, at)][:1]
    return any(_NODE.match(each[0]) is not None for each in named)


_NODE = re.compile(r"node|nodal|lymph|adenopath|LN|cort", re.IGNORECASE)
_MEASURED = re.compile(
    r"\b(?:nod(?:e|es|al)\b|lymph|adenopath|LNs?\b|cortex|cortical|mass|tumou?r|cancer|carcinoma|malignancy|lesion"
    r"|enhancement|calcification|distortion|density|asymmetry)",
    re.IGNORECASE,
)
"""What reports of the breast give the size of."""


def stages_advanced(reading: Reading) -> bool:
    """Whether a text writes out T3 or T4, N2 or N3, or stage IIB or III, before any therapy."""
    return any(
        said.prefix[:1] not in ("y", "r", "a")
        and (said.t in ("T3", "T4") or said.n in ("N2", "N3") or (said.stage or "") in _LATER)
        for said in reading.staging
    )


def says_advanced(text: str, reading: Reading) -> bool:
    """Whether a text makes the tumour T3 or T4, or its nodes N2 or N3, even in doubt."""
    present = [each for each in reading.mentions if each.may_hold]
    named = any(each.kind is Kind.BREAST_CANCER and each.value == "inflammatory" for each in present)
    return named or stages_advanced(reading) or names_advanced((text,), (reading,)) or is_large(text)


_LATER = frozenset({"IIB", "III", "IIIA", "IIIB", "IIIC"})
