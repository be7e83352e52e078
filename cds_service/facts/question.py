"""What an order asks: breast, axilla, distant disease or local recurrence; said by the order, or left to its default.

Rules: design, "From facts to outcome", 2. A reason that cannot be tied to the breast cancer is not ours; a reason that
is only partly understood never counts as stated, and leaves the question open.
"""

import re

from cds_service.facts.diagnoses import BREAST_CANCER, Disease, disease_of, names_breast_cancer
from cds_service.facts.mentions import Kind, Meant, Mention
from cds_service.facts.model import Asked, Evidence, Fact, Known, OneOf
from cds_service.facts.source import Source, codes_of, reference_to, texts_of
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
        "anxiety",
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
    }
)


class Reasons(Value, frozen=True, kw_only=True):
    """The reasons of an order, sorted.

    `tied`: something ties it to the breast cancer; `foreign`: something is about another disease; `unclear`: something
    was not understood; `follow_up`: a follow-up code; `names_breast`: the breast cancer itself is named;
    `about_extent`: extent, response or planning, which a study of the breast looks for in the breast;
    `node_to_evaluate`: some text names a suspicious or palpable node and nothing else.
    """

    mentions: tuple[Mention, ...]
    given: bool
    tied: bool
    foreign: bool
    unclear: bool
    follow_up: bool
    names_breast: bool
    about_extent: bool
    node_to_evaluate: bool


def reasons(source: Source) -> Reasons:
    """Everything the order, in both halves, gives as its reason."""
    verdicts: list[str] = []
    mentions: list[Mention] = []
    follow_up = names_breast = False
    for draft in source.drafts:
        for concept in source.reasons_of(draft):
            verdict, said = _verdict(concept, source)
            verdicts.append(verdict)
            mentions += said
            names_breast |= names_breast_cancer(concept, source)
            follow_up |= source.has("follow-up-encounter", concept) or source.has("breast-cancer-history", concept)
        for note in draft.note:
            reading = source.read(note.text)
            mentions += reading.mentions
            verdicts += ["foreign"] if _foreign(reading.mentions) else []
    texts = [text for draft in source.drafts for text in source.words_of(draft)]
    return Reasons(
        mentions=tuple(mentions),
        given=bool(verdicts),
        tied="tied" in verdicts or "tied-unclear" in verdicts,
        foreign="foreign" in verdicts or ("beside" in verdicts and not {"tied", "tied-unclear"} & {*verdicts}),
        unclear="unclear" in verdicts or "tied-unclear" in verdicts,
        follow_up=follow_up,
        about_extent=any(_EXTENT.search(text) for text in texts),
        node_to_evaluate=any(_node_to_evaluate(text, source) for text in texts),
        names_breast=names_breast or any(m.kind is Kind.BREAST_CANCER and m.value != "unspecified" for m in mentions),
    )


_EXTENT = re.compile(r"\b(extent|respon[sd]|baseline|pre-?op|planning)", re.IGNORECASE)


def asked(source: Source, given: Reasons, phase: Fact, *, another_disease: bool) -> Asked:
    """What the order asks of a cancer in this phase.

    `another_disease`: the patient has another disease that the study may be for. After treatment, and where the order
    does not so much as name the cancer, nobody can say which of the two it is for.
    """
    evidence = (Evidence(value="reason of the order", resources=(reference_to(source.draft),)),) if given.given else ()
    if given.foreign or (given.given and not given.tied and given.unclear):
        return Asked(question=None, stated=False, covered=False, evidence=evidence)
    question = _stated(source, given, phase)
    stated = question is not None and not given.unclear
    for_another = another_disease and not given.names_breast and not _surely(phase, *_BEFORE_SURGERY)
    unclear = given.unclear or (question is None and (for_another or _says_something_else(source, given)))
    return Asked(question=question, stated=stated, evidence=evidence, unclear=unclear, names_cancer=given.names_breast)


_BEFORE_SURGERY = ("new", "neoadjuvant-planned", "neoadjuvant-running", "neoadjuvant-completed")


def _says_something_else(source: Source, given: Reasons) -> bool:
    """Whether the reason of a study of the body goes beyond the cancer itself, and still does not say what it asks.

    "Radiation planning", "arm swelling": the default question is for an order that says nothing, or nothing but the
    cancer or a non-indication (design, "From facts to outcome", 2).
    """
    if source.procedures[0].family not in ("systemic", "head"):
        return False
    return any(m.kind in _SOMETHING_ELSE and m.meant not in (Meant.NEGATED, Meant.FAMILY) for m in given.mentions)


_SOMETHING_ELSE = (Kind.THERAPY, Kind.SURGERY, Kind.LOCAL_SYMPTOM, Kind.NODE, Kind.RECURRENCE)


def _stated(source: Source, given: Reasons, phase: Fact) -> str | None:
    family = source.procedures[0].family
    said = {m.value for m in given.mentions if m.kind is Kind.ASKS and m.meant is not Meant.FAMILY}
    if not said and given.node_to_evaluate:
        said = {"axilla"}
    # "s/p chemo, restaging": history reaches further than it is meant to, and a question is asked now.
    kinds = {m.kind for m in given.mentions if m.meant not in (Meant.NEGATED, Meant.FAMILY)}
    distant = "distant" in said or Kind.METASTASIS in {m.kind for m in given.mentions}
    follow_up = given.follow_up or Kind.FOLLOW_UP in kinds
    if family in ("systemic", "head"):
        return _systemic(said, kinds, distant=distant, follow_up=follow_up and _may_be(phase, "surveillance"))
    treated = _surely(phase, "surveillance", "adjuvant", "recurrence")
    if family in ("axilla", "node-biopsy"):
        return _axillary(said, kinds, distant=distant, follow_up=follow_up, treated=treated)
    return _breast(said, kinds, given, follow_up=follow_up, treated=treated)


def _node_to_evaluate(text: str, source: Source) -> bool:
    """Whether a suspicious or palpable node is all that a text names: then the node is what the study is for.

    A nodal status ("node-positive", "clipped node") says where the patient stands, not what the study is for.
    """
    mentions = source.read(text).mentions
    return not {m.kind for m in mentions} & {Kind.STAGING, Kind.THERAPY, Kind.BREAST_CANCER} and any(
        m.kind is Kind.NODE and m.value in ("suspicious", "palpable") and m.meant in (Meant.AFFIRMED, Meant.UNCERTAIN)
        for m in mentions
    )


def _systemic(said: set[str], kinds: set[Kind], *, distant: bool, follow_up: bool) -> str | None:
    if distant:
        return "distant"
    # A nodal status ("node-positive") says where the patient stands, not what the study is for.
    named = [question for question in ("axilla", "local-recurrence", "breast") if question in said]
    if Kind.RECURRENCE in kinds and not named and not follow_up:
        return None  # "recurrence" on a body scan may mean local or distant
    if Kind.STAGING in kinds:
        # "Staging" states distant, unless the same words name the axilla: "axillary staging".
        return named[0] if named else "distant"
    if len(named) == 1:
        return named[0]
    return "distant" if follow_up and not named else None


def _axillary(said: set[str], kinds: set[Kind], *, distant: bool, follow_up: bool, treated: bool) -> str | None:
    if "axilla" in said or Kind.NODE in kinds or Kind.LOCAL_SYMPTOM in kinds:
        return "axilla"
    if treated and (follow_up or distant):
        return "distant"
    return None  # in untreated disease an axillary study asks the axilla whatever the reason


def _breast(said: set[str], kinds: set[Kind], given: Reasons, *, follow_up: bool, treated: bool) -> str | None:
    of_breast = any(m.kind is Kind.LOCAL_SYMPTOM and not m.value.startswith("axillary") for m in given.mentions)
    if "axilla" in said and "breast" not in said and not given.about_extent and not of_breast:
        return "axilla"
    if treated:
        return "local-recurrence" if follow_up or "local-recurrence" in said or Kind.RECURRENCE in kinds else None
    return "breast" if "breast" in said else None


def _surely(phase: Fact, *values: str) -> bool:
    return isinstance(phase, Known) and phase.value in values


def _may_be(phase: Fact, value: str) -> bool:
    return (isinstance(phase, Known) and phase.value == value) or (
        isinstance(phase, OneOf) and value in phase.candidates
    )


# --- one reason -------------------------------------------------------------------------------------------------------
def _verdict(concept: CodeableConcept, source: Source) -> tuple[str, tuple[Mention, ...]]:
    """tied, neutral, beside, foreign or unclear; and what its words mention. "Beside" is foreign if nothing is tied."""
    readings = source.readings(*texts_of(concept))
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
    if chronic and not (_about_cancer(mentions) or _followed_for_itself(texts_of(concept), source)):
        return ("beside" if chronic <= {"chronic-disease"} else "foreign"), mentions
    if any(mention.kind in TIED_KINDS for mention in mentions):
        if not chronic <= {"chronic-disease"} and not any(mention.kind in _SAYS_WHAT_FOR for mention in mentions):
            return "tied-unclear", mentions  # "COPD, history of breast cancer": either may be the reason
        # "Crohn's disease follow up": words that nobody understands may name another disease.
        residue = any(reading.residue for reading in readings)
        return ("tied-unclear" if residue else "tied"), mentions
    if readings and all(reading.of(Kind.MODALITY) and not reading.residue for reading in readings):
        return "neutral", mentions  # names the study once more
    return "unclear", mentions


_CHRONIC = ("chronic-disease", "chronic-organ-disease", "degenerative", "reconstruction", "cyst")
"""Other reasons that stand in charts beside the cancer, and are not what a study is for when it says what it is for."""

_SAYS_WHAT_FOR = (Kind.STAGING, Kind.FOLLOW_UP, Kind.ASKS)

_OF_THE_CANCER = (
    *(Kind.BREAST_CANCER, Kind.STAGING, Kind.ASKS, Kind.THERAPY, Kind.NODE),
    *(Kind.SURGERY, Kind.RECURRENCE, Kind.LOCAL_SYMPTOM, Kind.METASTASIS, Kind.TUMOR_MARKER),
)


def _chronic(mentions: tuple[Mention, ...]) -> set[str]:
    """The chronic diseases among other reasons."""
    return {m.value for m in mentions if m.kind is Kind.OTHER_REASON and m.value in _CHRONIC and _present(m)}


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
    return not any(sign in text[first.end : last.start] for sign in ",.;\n")


def _present(mention: Mention) -> bool:
    return mention.meant in (Meant.AFFIRMED, Meant.UNCERTAIN)


def _foreign(mentions: tuple[Mention, ...]) -> bool:
    """Whether it is about another disease; another cancer in the past counts where no breast cancer is named."""
    about_breast = any(mention.kind is Kind.BREAST_CANCER for mention in mentions)
    return any(
        (mention.kind is Kind.OTHER_REASON and _present(mention) and mention.value not in _CHRONIC)
        or (mention.kind is Kind.OTHER_MALIGNANCY and _present(mention))
        or (mention.kind is Kind.OTHER_MALIGNANCY and mention.meant is Meant.HISTORICAL and not about_breast)
        # "s/p fall, r/o fracture": nothing but the injury
        or (mention.value == "trauma" and mention.meant is Meant.HISTORICAL and not _about_cancer(mentions))
        for mention in mentions
    )
