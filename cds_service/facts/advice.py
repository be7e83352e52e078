"""What a patient is told to watch for, which is none of hers: "call if any new bone pain"."""

import re

from cds_service.facts.mentions import Kind, Mention
from cds_service.facts.source import Source

_WARNED_OF = re.compile(r"\b(?:risks?|complications?|side effects?)\b[^.;\n]*\Z", re.IGNORECASE)
_WATCHED_FOR = re.compile(
    r"(?:\A\W*(?:please )?call\b|\bcall (?:us|the (?:office|clinic))\b"
    r"|\bsooner if\b|\breturn if\b|\breport any\b|\bwatch (?:out )?for\b|\bsigns (?:and symptoms )?of\b|\beducated on\b"
    r"|\bprecautions\b|\bshould prompt (?:a |an )?(?:call|visit|review)\b|\bwhen to (?:call|seek)\b)"
    r"(?P<what>[^.;\n]*)\Z",
    re.IGNORECASE,
)


def is_watched_for(text: str, at: int) -> bool:
    """Whether what stands at a place of a text is what she was told of, or is to watch for: "call for new pain"."""
    warned = _WARNED_OF.search(text[_begin(text, at) : at]) is not None
    return warned or _taken_for_granted(text, at) is False


def is_taken_for_granted(text: str, at: int) -> bool:
    """Whether advice takes for granted that she has what stands at a place: "call if the back pain gets worse"."""
    return _taken_for_granted(text, at) is True


def _taken_for_granted(text: str, at: int) -> bool | None:
    """None where no advice stands before it in its sentence."""
    begin = _begin(text, at)
    advice = _WATCHED_FOR.search(text[begin:at])
    if advice is None:
        return None
    end = at + min(len(text[at:].partition(sign)[0]) for sign in _ENDS)
    return _HERS.search(text, begin + advice.start("what"), end) is not None


def _begin(text: str, at: int) -> int:
    return max(text[:at].rfind(sign) for sign in _ENDS) + 1


_ENDS = (".", ";", "\n")


def is_general_advice(sentence: str, source: Source) -> bool:
    """Whether a sentence is nothing but what anybody is told to watch for.

    "Call if the back pain gets worse" is not: she has it. Nor is what names only one thing that is not said to be new.
    """
    lead = _LEAD.match(sentence)
    if lead is None or _HERS.search(sentence, lead.end()):
        return False
    named = source.read(sentence).mentions
    if not all(_is_to_be_watched_for(each, sentence) for each in named):
        return False
    if not (_ANY.search(sentence) or len(named) > 1):
        return False
    unknown = (sentence[start:end].lower() for start, end in source.residue(sentence) if end > lead.end())
    return _SMALL.issuperset(unknown)


_CALL = r"(?:call|ring|phone|contact|return|come (?:back|in)|report|seek|let us know|get in touch|watch|look out)"
_DANGER = r"(?:red flags?|warning signs?|alarm (?:signs?|symptoms?))(?: symptoms?)?"
_TOLD = r"(?:reviewed|discussed|explained|given|provided|gone over|went over|gave)"
_OF = r"(?:signs|symptoms|signs and symptoms) (?:of (?:recurrence|relapse)|to (?:report|watch|look))"
_LEAD = re.compile(
    r"\W*(?:please )?(?:(?:she|he|pt|patient) )?(?:(?:is|was|were|has been) )?(?:also )?(?:"
    r"call (?:for|if|us|with)|return (?:if|for any)|educated on"
    rf"|(?:knows?|aware|advised|told|instructed|reminded|encouraged|asked|understands) (?:to|how to|when to) {_CALL}"
    r"|(?:(?:return|ed|er|emergency) precautions|safety[- ]?net(?:ting|ted)?)"
    rf"|{_DANGER} (?:were )?{_TOLD}|{_TOLD} (?:the )?(?:{_DANGER}|{_OF})|aware of (?:the )?(?:{_DANGER}|{_OF})"
    rf"|(?:leaflet|booklet|handout|information|written information) (?:{_TOLD} )?(?:on|about|re) {_OF}"
    r")\b",
    re.IGNORECASE,
)
"""How such a sentence begins."""

_HERS = re.compile(
    r"\b(?:the|her|his|my|this|that|these|those) (?!(?:breast|clinic|office|team|nurse|unit|ward|line|hospital|surgery"
    r"|gp|doctor|number|helpline|practice|department|ed|er|emergency|following|above|symptoms?|signs?"
    r"|lingers?|lasts?|persists?)\b)"
    r"|(?<!that )\b(?:lingers?|lasts?|lasted|persists?)\b"
    r"|\b(?:wors\w*|continu\w*|settl\w*|still|again|more(?! than)|further|improv\w*|better|because|since|after|last"
    r"|tak(?:es|ing)|results?|another|remain\w*|recurs|(?:comes?|came|is|are) back|not|(?<!such )as|who|where|had|has"
    r"|(?<!you )have|present|positive|there|yes|found|noted|seen|identified)\b",
    re.IGNORECASE,
)
"""What takes for granted that she has it, or tells how it goes."""

_ANY = re.compile(rf"\b(?:any|new|you|such as|incl\w*|precautions|{_DANGER}|{_OF})\b", re.IGNORECASE)
_SMALL = frozenset(
    ("advice", "re", "helpline", "lasts", "lingers", "sudden", "understands", "verbalised", "verbalized")
)
"""Words of such a sentence that are explained nowhere else."""


def _is_to_be_watched_for(mention: Mention, sentence: str) -> bool:
    match mention.kind:
        case Kind.SYMPTOM | Kind.SIGN | Kind.LOCAL_SYMPTOM:
            return True
        case Kind.IMAGING_FINDING:  # a lump
            return mention.value == "unspecified"
        case Kind.RECURRENCE:  # what she is told the signs of
            return sentence[: mention.start].lower().endswith((" signs of ", " symptoms of "))
        case _:
            return False
