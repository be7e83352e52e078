"""Which words of a report of breast or axilla are of another part of the body, and whether a sample was taken there."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from cds_service.facts.breast_studies import names_breast
from cds_service.facts.mentions import Kind, Reading
from cds_service.facts.sentences import SENTENCE_ENDS
from cds_service.facts.source import texts_of
from cds_service.fhir.resources import DiagnosticReport

ELSEWHERE = re.compile(
    r"\b(?:liver|hepat\w+|lungs?|pulmon\w+|pleur\w+|bon(?:e|es|y)|osseous|skelet\w+|stern\w+|ribs?|spin(?:e|al)"
    r"|vertebra\w*|mediastin\w+|thyroid\w*|brain|cerebr\w+|adrenals?|kidneys?|renal|spleen\w*|pancrea\w*|ovar\w+"
    r"|heart|pericard\w*|clavic\w+|humer\w+|scapul\w+|abdom\w+|pelvi\w+|groin|inguinal|shoulders?|neck|cervical"
    r"|supraclav\w*|infraclav\w*|internal mammary|marrow|chest|thora\w+|aort\w+|stomach|bowel|colon|uter\w+"
    r"|endometr\w+|skull|hips?|femor\w+|nodes? elsewhere|manubri\w+|costal|extra-?mammary)\b",
    re.IGNORECASE,
)
"""Parts of the body other than breast, axilla and their skin."""
_SAMPLED_ELSEWHERE = re.compile(
    r"\b(?:scalp|face|facial|thighs?|legs?|arms?|forearms?|(?<!to )back(?! to)|flank|buttocks?|trunk|append\w+|gastr\w+"
    r"|oesophag\w+"
    r"|esophag\w+|duoden\w+|jejun\w+|ile(?:um|al|ocecal)|iliac|c(?:a)?ec(?:um|al)|rect(?:um|al)|sigmoid|anal|anus"
    r"|oment\w+|periton\w+|retroperiton\w+|ascit\w+|fluid|effusion|CSF|cerebrospinal|mening\w+|dura\w*|orbit\w*|eye"
    r"|tongue|throat|tonsil\w*|parotid|laryn\w+|trache\w+|bronch\w+|EBUS|station|hilar|gallbladder|bile|biliary"
    r"|bladder|urin\w+|prostat\w+|vagin\w+|vulv\w+|fallopian|adnex\w+|placent\w+|sacr\w+|tibia\w*|fibula\w*|radius|ulna"
    r"|mandib\w+|maxill\w+|pubi\w+|ischi\w+|acetabul\w+|peripheral blood|SCF|IMN"
    r"|[TL]\d{1,2}(?= (?:biopsy|bx|cores?|vertebra|body))"
    r"|C[1-7](?= (?:biopsy|vertebra|body)))\b",
    re.IGNORECASE,
)
"""More of them, that may be sampled; breast imaging has other uses for many of these words."""
_OF_BREAST = re.compile(
    r"breast|mamm|axill|lumpectom|mastectom|\bWLE\b|wide local|sentinel|\bSLNs?B?\b|nipple|areola|quadrant"
    r"|\b[UL][OI]Q\b|o'?clock|\bcavity\b|\bmargins?\b|\bshaves?\b|\bduct|re-?excision|tumou?r bed",
    re.IGNORECASE,
)
_NEUTRAL = re.compile(
    r"\b(?:final|surgical|patholog\w+|diagnos\w+|dx|pre|post|op|preop\w*|postop\w*|patient|birads|microscop\w+"
    r"|macroscop\w+|gross|histolog\w+|histopatholog\w+|cytolog\w+"
    r"|description|specimens?|comments?|notes?|addendum|reports?|results?|summary|synoptic|conclusion|impression"
    r"|interpretation|findings?|clinical|history|information|details|indication|tumou?rs?|type|subtype|grade|stage"
    r"|nottingham|score|invasive|infiltrating|in|situ|ductal|lobular|mammary|carcinoma|cancer|component|DCIS"
    r"|LCIS|IDC|ILC"
    r"|NST|estrogen|oestrogen|progesterone|receptors?|status|ER|PR|PgR|HER|neu|ki|index|percent\w*|positive"
    r"|negative|IHC"
    r"|FISH|ISH|biomarkers?|markers?|block|slides?|part|cores?|needle|biops\w+|bx|tissue|procedure|received|labell?ed"
    r"|left|right|lt|rt|a|b|c|d|e|f|x|of|the|and|with|for|by|from|no|is|are|was|were|us|ultrasound|guided"
    r"|stereotactic|mri|icd|codes?|10|cm"
    r"|vacuum|assisted|size|extent|focality|laterality|site|review\w*|consultation|outside|immuno\w+|stains?|confirm\w*"
    r"|lymphovascular|perineural|invasion|LVI|pT\w*|pN\w*|m|AJCC|edition|prognostic)\b|[\d\W_]",
    re.IGNORECASE,
)


def names_elsewhere(text: str) -> bool:
    """Whether a text about a sample names a part of the body other than breast and axilla."""
    return ELSEWHERE.search(text) is not None or _SAMPLED_ELSEWHERE.search(text) is not None


def is_sampled_elsewhere(report: DiagnosticReport, text: str, reading: Reading) -> bool:
    """Whether a sample may be of another part of the body: a statement that names a cancer names that part too, or
    stands under a heading of which nobody knows that it is of the breast ("Omentum: lobular carcinoma").

    Where the name of the study says that it is of breast or axilla, no heading has to say it again.
    """
    said = any(map(names_breast, texts_of(report.code)))
    told = reading.of(Kind.BREAST_CANCER, Kind.METASTASIS, Kind.OTHER_MALIGNANCY)
    found = sorted(each.start for each in told if each.may_hold)
    for start, end, heading in _parts(text):
        here = text[start:end]
        elsewhere = names_elsewhere(here)
        if elsewhere and _TAKEN.search(here) and not _OF_BREAST.search(here):
            return True
        last = bisect_left(found, end) - 1
        if last < 0 or found[last] < start:
            continue
        if elsewhere:
            return True
        named = _heading_before(text, start, found[last])
        above = named if named is not None else heading
        if not said and above and not _OF_BREAST.search(above) and _NEUTRAL.sub("", above).strip():
            return True
    return False


_TAKEN = re.compile(
    r"\bspecimens?\b|\bsites?\b|\bsource\b|biops|\bcores?\b|aspirat|\bFN[AB]\b|cytolog|excis|resect", re.IGNORECASE
)
_COLON = re.compile(r"(?<!\d):|:(?!\d)")


def _parts(text: str) -> Iterator[tuple[int, int, str]]:
    """The statements of a report, each with the line above it that is a heading."""
    start, heading = 0, ""
    for end in [*(found.start() for found in SENTENCE_ENDS.finditer(text)), len(text)]:
        yield start, end, heading
        said = text[start:end].strip()
        if said:
            heading = said if said.endswith(":") else ""
        start = end + 1


def _heading_before(text: str, start: int, end: int) -> str | None:
    """What stands before the last colon in front of a cancer in its statement."""
    colons = [each.start() for each in _COLON.finditer(text, start, end)]
    return text[start : colons[-1]] if colons else None
