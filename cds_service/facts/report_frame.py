"""What stands around what a report found, and says nothing of the patient: who signed it, and that he saw the images.

A name is let go only where it looks like one, and ends where the statement does: "Signed by Dr. Ruiz: liver lesion"
stays as it is.
"""

import re
from collections.abc import Callable

from cds_service.facts.blanks import blank

_INITIALS = r"(?:(?-i:[A-Z])\.?[ \t]){0,2}"
_NAME = rf"{_INITIALS}(?-i:[A-Z])[\w'\u2019-]{{1,20}}"
_TITLES = (
    r"(?:M\.?D|D\.?O|Ph\.?D|M\.?B\.?B\.?S|M\.?B|Ch\.?B|FRCR|FACR|FACC|DDS|DMD|OD|AuD|PA-?C|NP|ARNP|RN|RDMS|RVT|RDCS"
    r"|FFR|DPM|CT\(?ASCP\)?|MS|MBA|MPH)\b\.?"
)
_SIGNER = rf"(?:Dr\.?[ \t])?(?P<name>{_NAME}(?:[ \t]{_NAME}){{0,3}})(?:,?[ \t]{_TITLES}){{0,3}}"
_DAY = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d"
    r"|(?:\d{1,2}\s)?(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
    r"\s\d{1,2}(?:st|nd|rd|th)?,?(?:\s\d{4})?)"
)
_TIME = r"\d{1,2}[:.]?\d\d(?::\d\d)?\s?(?:[ap]\.?m\.?)?(?:\s?(?:EST|EDT|CST|CDT|MST|MDT|PST|PDT|UTC|GMT))?"
_WHEN = rf"(?:,?[ \t](?:on[ \t]|at[ \t]|@[ \t]?)?(?:{_DAY}|{_TIME})){{0,3}}"
_DONE = (
    r"(?:e-?|electronically\s|digitally\s)?"
    r"(?:signed|co-?signed|dictated|transcribed|interpreted|reviewed|verified|reported|read"
    r"|authenticated|attested|finali[sz]ed|approved|released|authori[sz]ed|screened|performed)"
)
_SIGNED = re.compile(
    rf"(?:(?<=[.\n;] )|(?<=[.\n;])|^)[ \t]*(?:(?:final\s)?(?:report|exam|study)\s(?:was\s)?)?{_DONE}"
    rf"(?:\s?(?:and|&|/|,)\s?{_DONE})*(?:\sby)?\s?:?[ \t]{_SIGNER}{_WHEN}[ \t]*(?=[.;\n]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_ALONE = re.compile(
    rf"^[ \t]*(?:Dr\.?[ \t])?(?P<name>{_NAME}(?:[ \t]{_NAME}){{0,3}})(?:,?[ \t]{_TITLES}){{1,4}}[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that is nothing but a name and a degree."""
_PLAIN = tuple(
    re.compile(rf"(?:(?<=[.\n;] )|(?<=[.\n;])|^)[ \t]*(?:{each})[ \t]*(?=[.;\n]|$)", re.IGNORECASE | re.MULTILINE)
    for each in (
        r"(?:this (?:report|document|exam(?:ination)?|study) (?:has been|was|is) )?(?:electronically|digitally)(?: |-)"
        rf"(?:signed|verified|authenticated)(?:{_WHEN})",
        rf"(?:dictated|signed|transcribed|finali[sz]ed|date of (?:dictation|service)|report date)\s?:?\s?{_WHEN}",
        r"workstation(?: id| name)?\s?[:#]\s?[A-Z]{0,12}[-_]?[A-Z]{0,12}\d{1,6}[A-Z]?",
        r"(?:accession|mrn|order|case|cpt)(?: (?:number|no|code)s?)?\s?[:#.]{1,2}\s?[A-Z]{0,4}[-\d, ]{2,24}",
        r"icd(?:-?10)?(?:-cm)?(?: codes?)?\s?:?\s?C50(?:\.\d{0,3})?",  # of any other code nobody knows what it is for
        r"cpt(?: codes?)?(?:(?:, |,| and | )?\d{5}(?: ?x ?\d{1,2})?){1,6}",
        rf"I,?(?:\s{_SIGNER},?)? (?:have |certify that I have |attest that I have )?(?:personally |independently )?"
        r"(?:reviewed|viewed|examined|interpreted)(?: (?:the|these|this|all|above|relevant))*"
        r" (?:images?|study|studies|films?|examination|exam|slides?)"
        r"(?: and (?:the )?(?:resident'?s?|fellow'?s?|trainee'?s?|above|preliminary)?"
        r" ?(?:report|interpretation|findings?))?"
        r",?(?: and (?:I )?(?:agree|concur) with(?: the| this| these)?"
        r"(?: above| resident'?s| fellow'?s| trainee'?s| preliminary| final| written| stated)*"
        r" (?:interpretation|findings?|report|impression|dictation|conclusion)s?"
        r"(?: (?:as )?(?:above|as written|stated above))?)?",
        r"controls (?:reacted|stained|worked|are|were|performed) (?:appropriate(?:ly)?|adequate(?:ly)?|satisfactory)",
        r"this test (?:was|has been) (?:developed|validated)(?: and its (?:analytical )?performance characteristics"
        r"(?: were)? (?:determined|established|validated))? by (?:the|this|our) [\w ]{0,40}laborator(?:y|ies)",
        r"(?:it|this test) has not been (?:cleared or approved|approved|cleared) by the (?:us )?"
        r"(?:fda|food and drug administration)",
        r"this test has been authorized by (?:the )?fda under an? (?:eua|emergency use authori[sz]ation)(?: \(eua\))?",
        r"this report was (?:generated|created|dictated|prepared) (?:using|with|by) (?:a )?"
        r"(?:voice|speech)[- ]recognition(?: (?:software|system|technology))?",
    )
)


def without_frame(text: str, is_known: Callable[[str], bool]) -> str:
    """A text, as long as it was, without who signed, dictated or read it, and without how laboratories are regulated.

    `is_known`: whether a word means something in a report; no name holds one.
    """
    if _MAY_HOLD.search(text) is None:
        return text
    for signed in (_SIGNED, _ALONE):
        text = signed.sub(lambda found: found.group() if _names(found, is_known) else blank(found), text)
    for pattern in _PLAIN:
        text = pattern.sub(lambda found: found.group() if _names(found, is_known) else blank(found), text)
    return text


def _names(found: re.Match[str], is_known: Callable[[str], bool]) -> bool:
    name = found.groupdict().get("name")
    return name is not None and (
        _DOUBTS.search(name) is not None or any(is_known(word) for word in name.split() if len(word) > _INITIAL)
    )


_DOUBTS = re.compile(
    r"\b(?:equivocal|inconclusive|indeterminate|positive|possibl[ey]|probabl[ey]|unclear|uncertain|doubtful|pending)\b",
    re.IGNORECASE,
)
"""What a word behind "reported:" says, and is no name."""
_INITIAL = 2
"""So long is an initial with its full stop."""


_MAY_HOLD = re.compile(
    r"signed|dictated|transcribed|interpreted|reviewed|verified|reported|\bread\b|authenticated|attested|finali"
    r"|approved|released|authori|screened|performed|workstation|accession|\bmrn\b|\border\b|\bcase\b|\bcpt\b"
    r"|controls|this test|this report|\bI\b"
    r"|date of|report date|\bicd|\bM\.?D\b|\bD\.?O\b",
    re.IGNORECASE,
)
"""Most texts hold none of these."""
