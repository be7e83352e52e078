"""The reasons of an order, sorted: what ties them to the breast cancer, what is about something else, what is unclear.

Codes decide, and words where no code is known. What is only partly understood never counts as stated.
"""

import re

from cds_service.coding import ICD10CM
from cds_service.facts.diagnoses import BREAST_CANCER, Disease, disease_of, names_breast_cancer
from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.source import Source, codes_of, notes_of, texts_of
from cds_service.fhir.resources import CodeableConcept
from cds_service.value import Value

TIED_DISEASES = BREAST_CANCER | {
    Disease.RECURRENCE,
    Disease.HISTORY,
    Disease.METASTASIS,
    Disease.NODE_METASTASIS,
    Disease.AMBIGUOUS_METASTASIS,
}

# What belongs to the breast cancer when an order mentions it; a symptom does too, and silences by itself.
TIED_KINDS = (
    Kind.BREAST_CANCER,
    Kind.ADVANCED,
    Kind.STAGING,
    Kind.FOLLOW_UP,
    Kind.ASKS,
    Kind.THERAPY,
    Kind.NODE,
    Kind.SURGERY,
    Kind.RECURRENCE,
    Kind.LOCAL_SYMPTOM,
    Kind.METASTASIS,
    Kind.TUMOR_MARKER,
    Kind.SYMPTOM,
    Kind.SIGN,
    Kind.LABORATORY,
    Kind.IMAGING_FINDING,
    Kind.NON_INDICATION,
)

_SYMPTOM_SETS = frozenset(
    {
        "symptom-bone",
        "symptom-spine",
        "symptom-lung",
        "symptom-liver",
        "symptom-brain",
        "symptom-general",
        "imaging-finding-elsewhere",
        "liver-tests-abnormal",
        "calcium-raised",
        "alkaline-phosphatase-raised",
        "tumor-marker-raised",
        "axillary-node-palpable",
        "axillary-lump",
        "lymphadenopathy-unspecified",
        "symptom-chapter",
    }
)

_NEUTRAL_SETS = frozenset(
    {
        "endocrine-therapy",
        "mastectomy-status",
        "chemotherapy",
        "neoadjuvant-chemotherapy",
        "neoadjuvant-intent",
        "adjuvant-intent",
        "radiotherapy",
        "immunotherapy",
        "asymptomatic",
        "not-concerning",
        "family-history-or-screening",
        # Of the same cancer: coders put the receptor beside it on every order.
        "er-positive-status",
        "er-negative-status",
        "radiotherapy-history",
        "chemotherapy-history",
    }
)


class Reasons(Value, frozen=True, kw_only=True):
    """The reasons of an order, sorted.

    `tied`: something ties it to the breast cancer; `foreign`: something is about another disease; `unclear`: something
    was not understood; `follow_up`: a follow-up code; `names_breast`: the breast cancer itself is named; `benign`: a
    benign disease or a complaint of the breast; `about_both`: breast and axilla are named in one; `about_extent`:
    extent, response or planning, which a study of the breast looks for in the breast; `node_to_evaluate`: some text
    names a suspicious or palpable node and nothing else; `node_found`: one is named; `cancer_sides`: where the words
    speak of cancer, or of what looks like it; "other" is "the other breast".
    """

    mentions: tuple[Mention, ...]
    given: bool
    tied: bool
    foreign: bool
    unclear: bool
    follow_up: bool
    names_breast: bool
    benign: bool
    about_both: bool
    about_extent: bool
    node_to_evaluate: bool
    node_found: bool
    cancer_sides: frozenset[str]


def reasons(source: Source) -> Reasons:
    """Everything the order, in both halves, gives as its reason."""
    verdicts: list[str] = []
    mentions: list[Mention] = []
    follow_up = names_breast = False
    for draft in source.drafts:
        for concept in source.reasons_of(draft):
            if _is_blank(concept):
                continue
            reason = source.alike(_reason, concept)
            verdicts.append(reason.verdict)
            mentions += reason.mentions
            names_breast |= reason.names_breast
            follow_up |= reason.follow_up
        for note in notes_of(draft):
            reading = source.read(note)
            # "Follow up results by phone": a note may say so of anything, and is no reason.
            mentions += [each for each in reading.mentions if each.kind is not Kind.FOLLOW_UP]
            verdicts += ["foreign"] if _foreign(reading.mentions) else []
    texts = [text for draft in source.drafts for text in source.words_of(draft)]
    return Reasons(
        mentions=tuple(mentions),
        given=bool(verdicts),
        tied="tied" in verdicts or "tied-unclear" in verdicts,
        foreign="foreign" in verdicts or ("beside" in verdicts and not {"tied", "tied-unclear"} & {*verdicts}),
        unclear="unclear" in verdicts or "tied-unclear" in verdicts,
        follow_up=follow_up,
        benign=any(_is_benign(concept) for draft in source.drafts for concept in source.reasons_of(draft)),
        about_both=any(_BREAST_AND_AXILLA.search(text) for text in texts),
        about_extent=any(_EXTENT.search(text) for text in texts),
        node_to_evaluate=any(_node_to_evaluate(text, source) for text in texts),
        node_found=any(_node_found(source.read(text).mentions) for text in texts),
        cancer_sides=frozenset(m.value for m in mentions if m.kind is Kind.SIDE and m.detail == "cancer"),
        names_breast=names_breast or any(m.kind is Kind.BREAST_CANCER and m.value != "unspecified" for m in mentions),
    )


def _is_blank(concept: CodeableConcept) -> bool:
    """Whether a form was filled with nothing: "n/a", "-"."""
    texts = texts_of(concept)
    return bool(texts) and not codes_of(concept) and all(_BLANK.fullmatch(text) for text in texts)


_BLANK = re.compile(r"(?:[^\w?]|_)*(?:n/?a|none|nil|tbd)?(?:[^\w?]|_)*", re.IGNORECASE)


def _is_benign(concept: CodeableConcept) -> bool:
    if any(code.system == ICD10CM and code.code.startswith(_BENIGN_CODES) for code in codes_of(concept)):
        return True
    return any(_BENIGN.search(text) for text in texts_of(concept))


_BENIGN_CODES = ("D24", "N60", "N61", "N62", "N64", "N65", "R92")
"""ICD-10-CM: benign neoplasm, mastopathy, inflammation, hypertrophy, other disorders and deformity of the breast, and
inconclusive imaging of it; N63, a lump, is read as one."""
_BENIGN = re.compile(
    r"breast pain|mastodyn|mastalg|breast tender|tender(?:ness)?\W+(?:\w+\W+){0,3}?breast"
    r"|pain\W+(?:\w+\W+){0,3}?breast|seroma|fat necrosis|fibroadenoma|papilloma|radial scar|\bADH\b|lipoma"
    r"|atypical (?:ductal|lobular)|benign biops|(?:inconclusive|incomplete|equivocal|abnormal|indeterminate) mammo",
    re.IGNORECASE,
)

_BREAST_AND_AXILLA = re.compile(
    r"breasts?\s*(?:and|&|\+|/)\s*(?:the\s)?(?:axill|nodes?\b|nodal|lymph|LNs?\b)"
    r"|(?:axill\w*|nod(?:es?|al))\s*(?:and|&|\+|/)\s*(?:the\s)?breasts?\b(?!\s*(?:ca|cancer|carcinoma)\b)"
    r"|loco-?\s?regional|\bT\s?(?:and|&|\+|/)\s?N\b|(?:tumou?r|primary)\s*(?:and|&|\+|/)\s*(?:axill|lymph|nod)"
    r"|staging breast (?:MRI|MR|US|ultrasound|mammo)",
    re.IGNORECASE,
)
"""What a study of breast and nodes together is for: no word of it narrows the question to the axilla."""

_EXTENT = re.compile(r"\b(extent|respon[sd]|baseline|pre-?op|planning)", re.IGNORECASE)


def _node_to_evaluate(text: str, source: Source) -> bool:
    """Whether a suspicious or palpable node is all that a text names: then the node is what the study is for.

    A nodal status ("node-positive", "clipped node") says where the patient stands, not what the study is for.
    """
    mentions = source.read(text).mentions
    return not {m.kind for m in mentions} & {Kind.STAGING, Kind.THERAPY, Kind.BREAST_CANCER} and _node_found(mentions)


def _node_found(mentions: tuple[Mention, ...]) -> bool:
    return any(m.kind is Kind.NODE and m.value in ("suspicious", "palpable") and m.may_hold for m in mentions)


# --- one reason -------------------------------------------------------------------------------------------------------
class _Reason(Value, frozen=True, kw_only=True):
    """What one concept says as a reason: no word of it, for it is remembered."""

    verdict: str
    mentions: tuple[Mention, ...]
    names_breast: bool
    follow_up: bool


def _reason(concept: CodeableConcept, source: Source) -> _Reason:
    verdict, mentions = _verdict(concept, source)
    return _Reason(
        verdict=verdict,
        mentions=mentions,
        names_breast=names_breast_cancer(concept, source),
        follow_up=not _FOLLOW_UP_SETS.isdisjoint(source.sets_of(concept)),
    )


_FOLLOW_UP_SETS = frozenset({"follow-up-encounter", "breast-cancer-history"})


def _verdict(concept: CodeableConcept, source: Source) -> tuple[str, tuple[Mention, ...]]:
    """tied, neutral, beside, foreign or unclear; and what its words mention. "Beside" is foreign if nothing is tied."""
    texts = texts_of(concept)
    readings = source.readings(*texts)
    mentions = tuple(mention for reading in readings for mention in reading.mentions)
    disease = disease_of(concept, source) if codes_of(concept) else Disease.OTHER
    if disease is Disease.OTHER_MALIGNANCY or _foreign(mentions):
        return "foreign", mentions
    if disease in TIED_DISEASES or source.has("follow-up-encounter", concept):
        return "tied", mentions
    if codes_of(concept) and not names_breast_cancer(concept, source):
        # "Neoplasm, unspecified" is not the breast cancer because the word cancer is in it.
        mentions = tuple(mention for mention in mentions if mention.kind is not Kind.BREAST_CANCER)
    sets = source.sets_of(concept)
    if not _SYMPTOM_SETS.isdisjoint(sets):
        return "tied", mentions
    if not _NEUTRAL_SETS.isdisjoint(sets):
        return "neutral", mentions
    chronic = _chronic(mentions)
    if chronic and not (_about_cancer(mentions) or _followed_for_itself(texts, source)):
        return ("beside" if chronic <= {"chronic-disease"} else "foreign"), mentions
    if any(mention.kind in TIED_KINDS for mention in mentions):
        if not chronic <= {"chronic-disease"} and not any(mention.kind in _SAYS_WHAT_FOR for mention in mentions):
            return "tied-unclear", mentions  # "COPD, history of breast cancer": either may be the reason
        # "Crohn's disease follow up": words that nobody understands may name another disease.
        residue = any(source.residue(text) for text in texts)
        return ("tied-unclear" if residue else "tied"), mentions
    if texts and all(source.read(text).of(Kind.MODALITY) and not source.residue(text) for text in texts):
        return "neutral", mentions  # names the study once more
    return "unclear", mentions


_CHRONIC = ("chronic-disease", "chronic-organ-disease", "degenerative", "reconstruction", "cyst")
"""Other reasons that stand in charts beside the cancer, and are not what a study is for when it says what it is for."""

_SAYS_WHAT_FOR = (Kind.STAGING, Kind.FOLLOW_UP, Kind.ASKS)

_OF_THE_CANCER = (
    *(Kind.BREAST_CANCER, Kind.ADVANCED, Kind.STAGING, Kind.ASKS, Kind.THERAPY, Kind.NODE),
    *(Kind.SURGERY, Kind.RECURRENCE, Kind.LOCAL_SYMPTOM, Kind.METASTASIS, Kind.TUMOR_MARKER),
)


def _chronic(mentions: tuple[Mention, ...]) -> set[str]:
    """The chronic diseases among other reasons."""
    return {m.value for m in mentions if m.kind is Kind.OTHER_REASON and m.value in _CHRONIC and m.may_hold}


def _about_cancer(mentions: tuple[Mention, ...]) -> bool:
    """Whether more than a bare "follow-up" or a symptom ties words to the cancer: "COPD follow-up" is about COPD."""
    return any(mention.kind in _OF_THE_CANCER and mention.meant is not Meant.FAMILY for mention in mentions)


def _followed_for_itself(texts: tuple[str, ...], source: Source) -> bool:
    """Whether "follow-up" stands apart from the chronic diseases: "surveillance. HTN, DM", not "follow-up of COPD"."""
    return any(
        not any(_one_clause(text, follow_up, other) for other in reading.of(Kind.OTHER_REASON))
        for text in texts
        for reading in [source.read(text)]
        for follow_up in reading.affirmed(Kind.FOLLOW_UP)
    )


def _one_clause(text: str, one: Mention, other: Mention) -> bool:
    first, last = sorted((one, other), key=lambda mention: mention.start)
    return _CLAUSE_END.search(text, first.end, last.start) is None


_CLAUSE_END = re.compile(r"[,.;\n]")


def _foreign(mentions: tuple[Mention, ...]) -> bool:
    """Whether it is about another disease; another cancer in the past counts where no breast cancer is named."""
    about_breast = any(mention.kind is Kind.BREAST_CANCER for mention in mentions)
    return any(
        (mention.kind is Kind.OTHER_REASON and mention.may_hold and mention.value not in _CHRONIC)
        or (mention.kind is Kind.OTHER_MALIGNANCY and mention.may_hold)
        or (mention.kind is Kind.OTHER_MALIGNANCY and mention.meant is Meant.HISTORICAL and not about_breast)
        # "s/p fall, r/o fracture": nothing but the injury
        or (mention.value == "trauma" and mention.meant is Meant.HISTORICAL and not _about_cancer(mentions))
        for mention in mentions
    )
