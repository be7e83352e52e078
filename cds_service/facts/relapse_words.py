"""Words that tell, wherever they stand, that a treated cancer may be back or is treated again.

Entries of a problem list, plans, and notes on drugs and procedures are short, and hold such words beside what they are
kept for: "letrozole: CA 27.29 doubled". What they say is not counted as a finding; it leaves open what was thought.
"""

import re

from cds_service.facts.mentions import Kind, Reading
from cds_service.facts.sentences import sentences_of
from cds_service.facts.source import Source

CARE_AT_ITS_END = (
    r"\bhospice\b|\bend[- ]of[- ]life\b|\bsyringe driver|\banticipatory med|\bpalliat|\bcomfort[- ](?:care|focused)"
    r"|\bbest supportive care\b"
)
"""Names of care for disease that nobody cures any more; a pattern, in capitals or not."""
_BACK = re.compile(
    r"\bIBTR\b|\bLRR\b|\boligo-?met|\blit up\b|\blights? up\b|\bparaneoplastic\b"
    r"|\b(?:second|new) (?:primary )?(?:breast )?primary\b[^.;\n]{0,25}\bbreast\b|\bsecond breast (?:primary|cancer)\b"
    r"|\b(?:chest wall|scar|flap|nodule)\b[^.;\n]{0,30}\b(?:malignan\w+|positive|proven|recurren\w+)\b"
    r"|\b(?:progressed|progressing|progression) on\b|\b(?:for|of|bony|osseous|due to) progression\b"
    r"|\bdisease progression\b|\bprogress\w+ in\b",
    re.IGNORECASE,
)
_DISEASE = re.compile(
    r"(?<!metabolic )(?<!pagets )\b(?:bone|bony|osseous|skeletal) (?:disease|metasta|secondar|involvement|progression)"
    r"|\bskeletal[- ]related events?\b|\b(?:had|has|have|it) spread\b|\bspread to\b"
    r"|\b\d+ ?Gy (?:x ?\d+ )?to (?:the )?(?:[LR] |left |right )?"
    r"(?:[CTL]\d|spine|sacr|hip|femur|rib|pelvi|bone|skull|brain)"
    rf"|{CARE_AT_ITS_END}|\bprognosis (?:of )?(?:months|weeks|poor)",
    re.IGNORECASE,
)
"""Disease that is there, and care at its end; an order may name it as what it looks for."""
_DENIAL = re.compile(r"\b(?:no|not|without|never|negative for)\b", re.IGNORECASE)
_DENIED_BEHIND = re.compile(
    r"[ :-]*(?:(?:tests?|results?|levels?|is|are|was|were|has|have|been|now|came back) )*"
    r"(?:negative\b|no\W*\Z|(?:not|never) (?:been )?(?:detected|seen|found|present|given|started|taken|suspected)\b)",
    re.IGNORECASE,
)
_LISTS = re.compile(r"\b(?:or|nor)\b", re.IGNORECASE)
_MARKER = re.compile(
    r"\b(?:positive|detected|detectable|doubled|tripled|rising|rose|risen|climbing|up|elevated|raised|high|increas\w+|shows?)\b",
    re.IGNORECASE,
)
"""What says of a tumour marker that it is raised; by itself a name may be that of a test to be done."""
_MARKERS = re.compile(r"\b(?:CTCs?|circulating tumou?r (?:cells|DNA)|guardant\w*)\b", re.IGNORECASE)
_DRUGS = re.compile(
    r"\b(?:ibrance|palbociclib|kisqali|ribociclib|verzenio|abemaciclib|faslodex|fulvestrant|enhertu|kadcyla|trodelvy"
    r"|xeloda|capecitabine|lynparza|olaparib|piqray|alpelisib|orserdu|elacestrant|keytruda|halaven|eribulin)\b",
    re.IGNORECASE,
)
"""Drugs against breast cancer that no uneventful follow-up has, or has only after its first treatment."""
_GIVEN = re.compile(
    r"\b(?:on|start\w*|switched to|changed to|continu\w+|taking|receiv\w+|currently|getting|tolerat\w+|cycle)\b"
    r"|\blast chemo(?!.*\b20\d\d\b)",
    re.IGNORECASE,
)


def tells_of_relapse(text: str, source: Source, *, ordered: bool = False) -> bool:
    """Whether a text tells of a relapse, of disease, of treatment as it is given for it, or of a raised marker.

    `ordered`: it stands on an order, whose words for disease and markers are read as its reason is.
    """
    return any(_tells(sentence, source, ordered=ordered) for sentence in sentences_of(text))


def _tells(sentence: str, source: Source, *, ordered: bool) -> bool:
    if any(map(_is_said, _BACK.finditer(sentence))):
        return True
    if _GIVEN.search(sentence) and any(map(_is_said, _DRUGS.finditer(sentence))):
        return True
    if not ordered and any(map(_is_said, _DISEASE.finditer(sentence))):
        return True
    reading = source.read(sentence)
    if not ordered and any(each.may_hold and each.detail != "asked" for each in reading.of(Kind.RECURRENCE)):
        return not any(reading.of(Kind.OTHER_MALIGNANCY))
    marked = any(each.may_hold for each in reading.of(Kind.TUMOR_MARKER)) or _MARKERS.search(sentence)
    if not ordered and marked and any(map(_is_said, _MARKER.finditer(sentence))):
        return True
    return is_on_chemotherapy(sentence, reading)


def is_on_chemotherapy(sentence: str, reading: Reading) -> bool:
    """Whether a sentence says that chemotherapy, or a drug against HER2, is given these days."""
    therapy = (each for each in reading.of(Kind.THERAPY) if each.value in _SYSTEMIC)
    # Who does not tolerate a drug has it.
    given = (each for each in _GIVEN.finditer(sentence) if _is_said(each) or each[0].lower().startswith("tolerat"))
    return any(each.may_hold for each in therapy) and any(given)


_SYSTEMIC = frozenset({"chemotherapy", "anti-her2"})


def _is_said(told: re.Match[str]) -> bool:
    """Whether words are not denied: what a "not" is of, "IBTR, not a surgical candidate", may be something else."""
    if _DENIED_BEHIND.match(told.string, told.end()):
        return False
    denials = list(_DENIAL.finditer(told.string, 0, told.start()))
    if not denials:
        return True
    between = told.string[denials[-1].end() : told.start()]
    if "," in between:  # "no rash, on capecitabine"; a list goes on: "no nodule, IBTR or pain"
        return not _LISTS.search(told.string, denials[-1].end())
    return denials[-1][0].lower() == "no" and " on " in between  # "no progression on capecitabine"
