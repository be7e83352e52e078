"""Values in the text of a laboratory's report, "ALT 22 U/L (ref <34), Hgb 13.1": which are surely normal.

Looked at are tests that bear on distant disease (facts C15, E52: liver tests, calcium, tumour markers), the blood
count, and sodium and protein, which other diseases change. Of any other substance a value is no matter.
"""

import re
from functools import partial

from cds_service.value import Value


class _Test(Value, frozen=True, kw_only=True):
    """A test by its names, and by unit ("" where none is written) what every laboratory calls normal.

    A comma behind the unit is of values in thousands, "240,000", of which only whole counts of cells are normal.
    """

    names: str
    normal: dict[str, tuple[float, float]]


_NONE = 0.0
# The lowest upper and the highest lower limits found: those of `facts.laboratory`; for women, and of direct bilirubin
# and LDH, msdmanuals.com "Blood Tests"; of calcium, albumin and GGT, apps.mcc.ca "Clinical Laboratory Tests, Normal
# Values"; the Oxford Handbook of General Practice (2005) and ecampusontario.pressbooks.pub "Laboratory Tests Reference
# Ranges"; CEA: training.seer.cancer.gov; CA 15-3: urmc.rochester.edu. Where no source was found only a printed range
# counts. They only ever decide between "normal" and "nobody can say".
_TESTS = (
    _Test(names=r"ALT|SGPT|alanine (?:amino)?transaminase|alanine aminotransferase", normal={"": (_NONE, 34)}),
    _Test(names=r"AST|SGOT|aspartate (?:amino)?transaminase|aspartate aminotransferase", normal={"": (_NONE, 40)}),
    _Test(names=r"ALP|alk(?:aline)?\.? ?phos(?:phatase)?\.?|alkp", normal={"": (_NONE, 100)}),
    _Test(names=r"GGTP?|gamma[- ]?GT|gamma[- ]glutamyl ?transferase", normal={"": (_NONE, 29)}),
    _Test(names=r"LDH?|lactate dehydrogenase|lactic (?:acid )?dehydrogenase", normal={"": (_NONE, 150)}),
    _Test(
        names=r"direct bili(?:rubin)?|d\.? ?bili|bilirubin,? direct",
        normal={"": (_NONE, 0.4), "mg/dl": (_NONE, 0.4)},
    ),
    _Test(
        names=r"(?:total |t\.? ?)?bili(?:rubin)?(?:,? total)?|TBIL",
        normal={"": (_NONE, 1), "mg/dl": (_NONE, 1), "umol/l": (_NONE, 17)},
    ),
    _Test(
        names=r"CEA|carcinoembryonic a(?:ntigen|g)",
        normal={"": (_NONE, 2.5), "ng/ml": (_NONE, 2.5), "ug/l": (_NONE, 2.5)},
    ),
    _Test(names=r"(?:CA|cancer a(?:ntigen|g)) ?15[-. ]3", normal={"": (_NONE, 30)}),
    _Test(names=r"(?:CA|cancer a(?:ntigen|g)) ?(?:27[-. ]29|125|19[-. ]9)|AFP|alpha[- ]?feto ?protein", normal={}),
    _Test(
        names=r"(?:total |serum |adjusted |corrected )?(?:calcium|Ca)(?:,? (?:total|serum))?",
        normal={"": (8.5, 10.3), "mg/dl": (8.5, 10.3), "mmol/l": (2.18, 2.58)},
    ),
    _Test(names=r"ha?emoglobin|hgb|hb", normal={"": (12.3, 15), "g/dl": (12.3, 15), "g/l": (123, 150)}),
    _Test(names=r"ha?ematocrit|hct|pcv", normal={"": (37, 44.6), "%": (37, 44.6)}),
    _Test(
        names=r"WBC|WCC|(?:white|wbc) (?:blood )?(?:cell )?count|leu[ck]ocytes",
        normal={"": (4.5, 10), ",": (4500, 10_000)},
    ),
    _Test(names=r"plt|platelets?(?: count)?", normal={"": (150, 350), ",": (150_000, 350_000)}),
    _Test(names=r"sodium|na", normal={"": (135, 145), "mmol/l": (135, 145), "meq/l": (135, 145)}),
    _Test(
        names=r"(?:total |serum )?protein(?:,? total)?|TP",
        normal={"": (6.3, 8), "g/dl": (6.3, 8), "g/l": (63, 80)},
    ),
    _Test(names=r"albumin|alb", normal={"": (3.5, 5), "g/dl": (3.5, 5), "g/l": (35, 50)}),
)  # fmt: skip
_UNITS = (
    r"(?:i?u/l|units?/l|iu|u/ml|units?/ml|ng/ml|[uµμ]g/l|mg/dl|mmol/l|meq/l|[uµμ]mol/l|g/dl|g/l|%"
    r"|k/[uµμ]l|k/mm3|th(?:ou)?/[uµμ]l|x ?10(?:e|\^|\*)?[39]/[uµμ]?l|10(?:\*|\^|e)?[39]/[uµμ]?l)"
)
_NUMBER = r"(?:[1-9]\d{0,2},\d{3}|\d{1,4}(?:\.\d{1,3})?)"
_VALUE = rf"(?P<under><|≤)? ?(?P<value>{_NUMBER})(?![\d.,]*\d)"
_LIMITS = (
    rf"(?:(?P<low@>{_NUMBER})\s?(?:-|\u2013|to)\s?(?P<high@>{_NUMBER})"
    rf"|(?:<|≤|<=|up to)\s?(?P<top@>{_NUMBER}))(?:\s?{_UNITS})?"
)
_CALLED = r"(?:ref(?:erence)?\.?(?: range| interval| limits?)?|normal(?: range)?|range)\s?[:=]?\s?"
_RANGE = (
    rf"(?:\s?[(\[]\s?(?:{_CALLED})?{_LIMITS.replace('@', '')}[)\]]|[.,;]?\s{_CALLED}{_LIMITS.replace('@', '_said')})"
)
_ENDS = r"(?=\s*(?:[,;)|]|\.(?!\d)|$|\n)|\s+and\b|\s+(?-i:[A-Z])(?!LN\b)[A-Za-z]+(?!\S{0,20}/))"
"""Behind a value and its unit the next test may follow without a sign; "ALT 3 times", "ALT 2.1 ukat/l" go on."""
_ANOTHER = (
    r"[\s,;|)]*(?:and\s+)?(?:(?:was|now|then|today|previously|prior|before|from)\s*:?\s*)?\d{1,4}(?:\.\d{1,3})?"
    r"(?![\d/-]|[.)]\s|\s?(?:days?|d|weeks?|wks?|months?|mos?|years?|yrs?)\b)"
)
"""A second number, of which nobody says what it is: "ALT 22, 90 today". Dates, times and numbers of a list are none."""


def _pattern(names: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w-])(?:{names})(?![\w-])(?:\s?\([A-Za-z ]{{1,20}}\))?\s?(?:[:=]|is|of|level|at)?\s?{_VALUE}"
        rf"\s?(?P<unit>{_UNITS})?{_RANGE}?{_ENDS}(?!{_ANOTHER})",
        re.IGNORECASE,
    )


_PATTERNS = tuple([(_pattern(each.names), each) for each in _TESTS])
_NAMED = tuple([(re.compile(rf"(?<![\w-])(?:{each.names})(?![\w-])", re.IGNORECASE), each) for each in _TESTS])
_BARE = re.compile(rf"^\s*(?:result:?\s)?{_VALUE}\s?(?P<unit>{_UNITS})?{_RANGE}?\s*\.?\s*$", re.IGNORECASE)


def without_normal_values(text: str, study: str) -> str:
    """A text, as long as it was, without the tests whose values are surely normal or within the range beside them.

    `study`: what a text that is a value and no more is a value of. A text with a flag stays as it is.
    """
    if has_flag(text):
        return text
    bare = _BARE.match(text)
    if bare is not None:
        named = next((test for name, test in _NAMED if name.search(study)), None)
        return " " * len(text) if named is not None and _is_normal(bare, named) else text
    for pattern, test in _PATTERNS:
        text = pattern.sub(partial(_blank, test), text)
    return text


def has_flag(text: str) -> bool:
    """Whether a laboratory calls a value of a text high or low."""
    return _FLAG.search(text) is not None


_FLAG = re.compile(
    r"\d\s{0,3}\(?\s{0,3}(?:[HL]{1,2}\b|\*(?!\d))|[\u2191\u2193]|\bhigh\b"
    r"|\b(?:above|below) (?:the )?(?:normal|range|reference)|\babove (?:the )?(?:upper|limit|uln)",
    re.IGNORECASE,
)
"""A flag that a laboratory puts behind a value outside its range."""


def is_far_out(text: str) -> bool:
    """Whether a text gives a value, without its range, of more than twice the lowest upper limit: no laboratory calls
    that normal, whatever the text says of the whole result."""
    return any(
        _top(found) is None and _number(found["value"]) > _FAR * test.normal[""][1]
        for pattern, test in _PATTERNS
        if test.normal.keys() == {""} and test.normal[""][0] == _NONE  # of one unit, and of no lower limit: enzymes
        for found in pattern.finditer(text)
    )


_FAR = 2.0


def is_of_one_test(study: str) -> bool:
    """Whether a study is named after one of those tests, so that every number in its report is a value of it."""
    return any(name.search(study) for name, _ in _NAMED)


def holds_watched_value(text: str) -> bool:
    """Whether a text gives the value of one of those tests."""
    return any(_GIVEN.match(text, found.end()) for name, _ in _NAMED for found in name.finditer(text))


_GIVEN = re.compile(r"[^\d.;\n]{0,12}\d")


def _blank(test: _Test, found: re.Match[str]) -> str:
    return " " * len(found.group()) if _is_normal(found, test) else found.group()


def _is_normal(found: re.Match[str], test: _Test) -> bool:
    value, top = _number(found["value"]), _top(found)
    if top is not None:
        return _number(found["low"] or found["low_said"] or "0") <= value <= _number(top)
    low, high = _limits(found, test)
    return low <= value <= high and (not found["under"] or low == _NONE)


def _top(found: re.Match[str]) -> str | None:
    """The upper limit beside a value."""
    return found["high"] or found["top"] or found["high_said"] or found["top_said"]


def _limits(found: re.Match[str], test: _Test) -> tuple[float, float]:
    """The limits of a test in the unit of a value; of an unknown unit nothing lies between them."""
    unit = (found["unit"] or "").lower().replace("µ", "u").replace("μ", "u") + ("," if "," in found["value"] else "")
    return test.normal.get(unit) or test.normal.get("" if _COUNTS.fullmatch(unit) else "-", (1.0, _NONE))


def _number(written: str) -> float:
    return float(written.replace(",", ""))


_COUNTS = re.compile(
    r"(?:iu|u|units?)/l|iu|(?:u|units?)/ml|(?:k|th|thou)/ul|k/mm3|(?:x ?)?10[e^*]?(?:9/l|3/ul)", re.IGNORECASE
)
"""Units of which a test has one alone, so that their name says no more than none."""
