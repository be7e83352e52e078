"""Everyday words of reports of breast and axilla: that a tumour grows into skin, chest wall or nodes, that a finding
changed, and that a result is not final. What a sentence denies is not said.
"""

import re

_SENTENCE_ENDS = re.compile(r"[;\n]|\.(?!\d)")
_TURNS = re.compile(r"[:(]|\b(?:but|however|although|though|except|apart|with|despite)\b", re.IGNORECASE)
_DENIES = re.compile(
    r"\b(?:no|not|nor|without|neither|absent|absence|non|nil|negative for|free of|clear of|free from"
    r"|rather than|benign)\b",
    re.IGNORECASE,
)
_LIST_GOES_ON = re.compile(r"\b(?:or|nor|and)\b|/", re.IGNORECASE)
_DENIED_BEHIND = re.compile(
    r"[^,:;]{0,40}?\b(?:not (?:involved|thick\w*|enlarged|seen|identified|present|increased)|absent|uninvolved"
    r"|is normal|are normal"
    r"|is clear|are clear|is intact|are intact|normal|preserved|spared|negative|none|no\b)",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """The sentences of a report: a line, or what a full stop or a semicolon ends."""
    return [each for each in _SENTENCE_ENDS.split(text) if each.strip()]


def asserts(signs: re.Pattern[str], text: str) -> bool:
    """Whether a text holds one of these signs in a sentence that does not deny it."""
    if signs.search(text) is None:
        return False
    return any(
        not _is_denied(sentence, found.start(), found.end())
        for sentence in sentences(text)
        for found in signs.finditer(sentence)
    )


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether what stands at a place is denied by its sentence: "no new mass, calcification or distortion"."""
    first = max((found.end() for found in _SENTENCE_ENDS.finditer(text, 0, start)), default=0)
    last = _SENTENCE_ENDS.search(text, end)
    return _is_denied(text[first : last.start() if last else len(text)], start - first, end - first)


def _is_denied(sentence: str, start: int, end: int) -> bool:
    before = _TURNS.split(sentence[:start])[-1]
    denials = list(_DENIES.finditer(before))
    denial = denials[-1] if denials else None
    if denial is not None:
        reach = before[denial.end() :]
        # A comma ends the denial, unless the list it belongs to goes on: "no mass, calcification or distortion".
        if "," not in reach or _LIST_GOES_ON.search(reach[reach.rindex(",") :] + sentence[start:]):
            return True
    return _DENIED_BEHIND.match(sentence, end) is not None


# --- growth -----------------------------------------------------------------------------------------------------------
_GROWS = re.compile(
    r"\bskin\b[^,.;]{0,30}\b(?:thick\w*|o?edema\w*|involve\w*|invade\w*|invasion|invading|broken|breach\w*"
    r"|red(?:ness|dened)?"
    r"|nodul\w*|satellite\w*|infiltrat\w*|destroy\w*|break\w*|fixed|ulcer\w*)"
    r"|\b(?:o?edema|thickening|invasion|involvement|ulceration|redness|reddening"
    r"|erythema|infiltration)\b[^,.;]{0,20}\bskin\b"
    r"|\b(?:red|hot|inflamed|erythematous|swollen)\b[^,.;]{0,20}\bbreast|\bbreast\b[^,.;]{0,25}\b(?:red|hot"
    r"|inflamed|swollen"
    r"|erythema\w*)\b|peau d|orange[- ]peel|orange skin|\berythema|inflammatory (?:breast|carcinoma|cancer)"
    r"|trabecula\w*[^,.;]{0,15}(?:thick|coarse|oedema|edema)"
    r"|\b(?:ulcerat|fungat|weeping|dermal lymphatic|dermis|epidermis)\w*"
    r"|\b(?:chest wall|pectoral\w*|muscles?|ribs?|serratus|intercostal\w*|fascia)\b[^,.;]{0,30}\b(?:invo\w*"
    r"|inva\w*|fix\w*"
    r"|attach\w*|tether\w*|touch\w*|abut\w*|enhanc\w*|infiltrat\w*|contact\w*|obliterat\w*|lost|loss|breach\w*)"
    r"|\b(?:invo\w*|inva\w*|fix\w*|attach\w*|tether\w*|touch\w*|abut\w*|infiltrat\w*|reach\w*|contact\w*"
    r"|grow\w*|extend\w*|stuck|adher\w*|up to)\b[^,.;]{0,25}"
    r"\b(?:chest wall|pectoral\w*|muscles?|ribs?|serratus|intercostal\w*|fascia|skin|deep)\b"
    r"|\b(?:fills?|occup\w*|replac\w*|most of|entire|whole|throughout|all (?:four|4)) [^,.;]{0,20}\b(?:breast"
    r"|quadrants)\b",
    re.IGNORECASE,
)
_GROWS_IN_NODES = re.compile(
    r"\b(?:extranodal|extracapsular|perinodal|ENE|ECE|ECS)\b|runs? out into|\bmatted|conglomerat|stuck together|clump"
    r"|\b(?:hilum|hila|hilus)\b[^,.;]{0,15}\b(?:gone|lost|effaced|absent|replaced|displaced|not (?:seen"
    r"|preserved|visible)|loss)"
    r"|\b(?:loss|lost|effacement|absence|absent|replaced|effaced) (?:of )?(?:the )?(?:normal |fatty )*(?:hil)"
    r"|\b(?:thick\w*|eccentric|bulging|lobulated|focal\w*) (?:cort|lobul)"
    r"|\bcort(?:ex|ical|ices)\b[^,.;]{0,20}(?:\bthicken\w*\b|\bthick\b|\b(?:[4-9]|[1-9]\d)(?:\.\d+)? ?mm"
    r"|\b3\.[1-9] ?mm|\bbulg\w*)"
    r"|\bnod(?:e|es|al)\b[^,.;]{0,30}\b(?:round\w*|dense|bulky|enlarged|abnormal|suspicious|pathological"
    r"|malignant|hard|fixed|prominent|hot|avid|indeterminate"
    r"|big|large|swollen|positive|involved|replaced|tumou?r|deposits?|carcinoma|cancer|metasta\w*|macromet\w*"
    r"|micromet\w*)\b"
    r"|\b(?:round\w*|dense|bulky|enlarged|abnormal|suspicious|pathological|malignant|hard|fixed|prominent"
    r"|indeterminate|big|swollen|positive|involved)"
    r" (?:\w+ ){0,3}(?:nodes?|nodal|LNs?|glands?)\b"
    r"|\b(?:adenopathy|lymphadenopathy)\b|\b(?:nodal|node) (?:disease|spread|burden|involvement)"
    r"|\b(?:level (?:2|3|II|III)|internal mammary|IMN|IMC|rotter\w*|infraclav\w*|subclav\w*|supraclav\w*|SCF"
    r"|interpectoral)\b"
    r"|\b(?:deposits?|macromet\w*|micromet\w*|ITCs?|isolated tumou?r cells)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(?<![\d/.])(\d{1,2})\s*(?:/|of|out of)\s*(?:the )?(\d{1,2})(?![\d/.%])", re.IGNORECASE)
_NODES = re.compile(
    r"\bnod(?:e|es|al)\b|\b(?:SLN|SNB?|SLNB|LN|ALND|ANC|ANS)s?\b|axill|sentinel|clearance", re.IGNORECASE
)
_SCORED = re.compile(
    r"(?:\b(?:ER|PR|PgR|HER-?2|allred|score|grade|quick|receptors?|oestrogen|estrogen|progesterone|image|series"
    r"|page|part"
    r"|slide|block|core|cores|foci)\W*(?:\w+\W+){0,2})$",
    re.IGNORECASE,
)


def grows(text: str) -> bool:
    """Whether a report says in everyday words that skin, chest wall or muscle are taken."""
    return asserts(_GROWS, text)


def takes_nodes(text: str) -> bool:
    """Whether a report says in everyday words that nodes are taken: "cortex 7 mm, hilum gone"."""
    return asserts(_GROWS_IN_NODES, text)


def counts_nodes(study: str, text: str) -> bool:
    """Whether nodes are counted, "4 of 10 nodes positive", or a bare "11/19" where the study (its name) is of nodes."""
    of_nodes = _NODES.search(study) is not None
    for sentence in sentences(text):
        if not (of_nodes or _NODES.search(sentence)):
            continue
        for found in _COUNT.finditer(sentence):
            taken, seen = int(found[1]), int(found[2])
            scored = _SCORED.search(sentence[: found.start()]) is not None
            if 1 <= taken <= seen and not scored and not _FREE.match(sentence, found.end()):
                return True
    return False


_FREE = re.compile(r"\W*(?:\w+\W+){0,3}?(?:negative|clear|benign|free|normal|uninvolved)\b", re.IGNORECASE)

# --- change, and results that are not final ---------------------------------------------------------------------------
_CHANGED = re.compile(
    r"\b(?:new|newly|grown|grew|grow|grows|growing|bigger|larger|increas\w*|enlarg\w*|more|not there|develop\w*"
    r"|progress\w*|evolv\w*"
    r"|watch\w*|needle|suspicio\w*|concern\w*|worr\w*|irregular\w*|spicul\w*|spik\w*|branching|pleomorphic|firm"
    r"|hard|lumps?|nodul\w*|fixed"
    r"|red|hot|o?edema\w*|thick\w*|ulcer\w*|blood\w*|bleed\w*|biops\w*|cores?|short|recalled|additional|further"
    r"|cannot|unable"
    r"|unclear|indeterminate|uncertain|equivocal|atypi\w*|probabl\w*|possib\w*|likely|perhaps|query|changed"
    r"|differ\w*|compar\w* [^.;\n]{0,80} from"
    r"|washout|rapid\w*|worse\w*|retract\w*|tether\w*|dimpl\w*|discharge|palpable|mass|pain\w*|symptom\w*"
    r"|referr\w*|urgent\w*|discuss\w*|MDT)\b|\?",
    re.IGNORECASE,
)
_NOT_FINAL = re.compile(
    r"non-?[ ]?diagnostic|\b(?:blurr\w*|motion|unreadable|not readable|cannot be (?:read|assessed|excluded)"
    r"|incomplete\w*|second opinion"
    r"|expert (?:opinion|review)|external review|too few|scant|insufficient|inadequate|unsatisfactory|acellular"
    r"|not assessable|not assessed|not included"
    r"|not (?:seen|imaged|scanned|covered|examined|visualised|visualized) (?:in full|fully|completely|at all)"
    r"|could not be (?:read|done|seen|scanned)"
    r"|short[- ](?:term|interval)|will (?:watch|needle)|aborted|abandoned|discordant|not concordant"
    r"|repeat (?:biopsy|core|fna|sample|sampling)"
    r"|further (?:stains|levels|work|immuno\w*)|stains? (?:to follow|pending|underway|awaited)"
    r"|immuno\w* to follow|to follow|pending|awaited"
    r"|referred (?:for|to)|sent (?:for|to) (?:review|expert))\b",
    re.IGNORECASE,
)
_OTHER_TISSUE = re.compile(
    r"\b(?:CD ?\d+|lymphoid (?:proliferation|infiltrate|population)|lymphoma\w*|leuk\w+|haematolog\w*"
    r"|hematolog\w*|plasma cells?|B[- ]cells?|T[- ]cells?|clonal|spindle|sarcoma\w*"
    r"|angiosarc\w*|phyllodes|phylloid|vascular (?:lesion|proliferation)|atypical vascular|melan\w+|S-?100"
    r"|SOX-?10|HMB-?45|TTF-?1|CDX-?2|CK ?20|PAX-?8|WT-?1|napsin\w*|p40|synaptophysin"
    r"|chromogranin|neuroendocrine|small cell|signet|squamous|metaplastic|osteoid|bone formation"
    r"|not (?:of )?breast|non-?breast|(?:not|other than) breast in origin|extramammary|desmoid|fibromatosis"
    r"|granulom\w*|tuberc\w*|amyloid)\b",
    re.IGNORECASE,
)
_NOT_BENIGN = re.compile(
    r"rads\W*(?:(?:category|cat|score|assessment|final|code|us|mri|left|right|l|r)\W*){0,2}(?:[0345])[abc]?\b"
    r"|\b[MUR][345]\b|\bP[345]\b|\bB[345][abc]?\b|\bC[1345]\b",
    re.IGNORECASE,
)
_BENIGN = re.compile(
    r"rads\W*(?:(?:category|cat|score|assessment|final|code|us|mri|left|right|l|r)\W*){0,2}[12]\b|\b[MURBC][12]\b"
    r"|\bno (?:[\w-]+ ){0,3}(?:evidence|signs?|features?|suspicion) of (?:[\w-]+ ){0,3}(?:malignan\w*"
    r"|recurren\w*|cancer|carcinoma)",
    re.IGNORECASE,
)
_UNDECIDED_SAMPLE = re.compile(r"\b(?:B[34][ab]?|C[134])\b")


def is_changed(text: str) -> bool:
    """Whether a report says that something changed, doubts, or names a finding or a next step."""
    return asserts(_CHANGED, text)


def is_not_final(text: str) -> bool:
    """Whether a study could not be read, or its result is not the last word."""
    return asserts(_NOT_FINAL, text)


def is_of_other_tissue(text: str) -> bool:
    """Whether tissue is described that is not of a cancer of the breast."""
    return asserts(_OTHER_TISSUE, text)


def is_classed_benign(text: str) -> bool:
    """Whether a final assessment calls everything benign: BI-RADS 2, M1, "no evidence of malignancy"."""
    return _BENIGN.search(text) is not None and not is_classed_open(text)


def is_closed(text: str) -> bool:
    """Whether a report calls everything benign, and names no change."""
    return is_classed_benign(text) and not is_changed(text)


def is_classed_open(text: str) -> bool:
    """Whether an assessment is not benign, or not final: BI-RADS 0, M3, C1."""
    return _NOT_BENIGN.search(text) is not None


def is_undecided_sample(text: str) -> bool:
    """Whether a sample is neither benign nor malignant: B3, B4, C1, C3, C4."""
    return _UNDECIDED_SAMPLE.search(text) is not None
