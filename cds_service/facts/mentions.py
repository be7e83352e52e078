"""What a piece of clinical free text says: mentions of known concepts, each with how it is meant."""

from enum import StrEnum

from cds_service.value import Value


class Meant(StrEnum):
    """How a mention is meant (after ConText: Harkema et al., J Biomed Inform 2009)."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    UNCERTAIN = "uncertain"  # "?", "possible", "r/o", "concern for"
    HISTORICAL = "historical"  # "history of", "prior", "resolved"
    FAMILY = "family"  # somebody else's


LEVEL_NOT_SAID = "level-not-said"
"""The detail of a laboratory test that is named without its result."""


class Kind(StrEnum):
    """What sort of thing is mentioned. `Mention.value` is said in brackets."""

    SYMPTOM = "symptom"  # [concept id, e.g. bone-pain]
    SIGN = "sign"  # [concept id]
    LABORATORY = "laboratory"  # [concept id, e.g. liver-tests-abnormal, alkaline-phosphatase-raised]
    IMAGING_FINDING = "imaging-finding"  # suspicious finding outside breast and axilla [concept id, e.g. lung-nodule]
    METASTASIS = "metastasis"  # distant metastasis or stage IV named as such [site or "unspecified"]
    TUMOR_MARKER = "tumor-marker"  # raised CA 15-3 and the like [concept id]
    NON_INDICATION = "non-indication"  # [anxiety, patient-request, reassurance, routine]
    STAGING = "staging"  # staging, extent of disease, work-up [staging]
    FOLLOW_UP = "follow-up"  # surveillance, annual check, "5 years out" [follow-up]
    ASKS = "asks"  # words that name a question [breast, axilla, distant, local-recurrence]
    BREAST_CANCER = "breast-cancer"  # [invasive, in-situ, unspecified, inflammatory, ductal, lobular]
    ADVANCED = "advanced"  # what makes the tumour T4 or N2, hence stage III [skin, chest-wall, nodes]
    OTHER_MALIGNANCY = "other-malignancy"  # [concept id, e.g. lung-cancer]
    OTHER_REASON = "other-reason"  # not about the breast cancer: fever, trauma, pulmonary embolism [concept id]
    THERAPY = "therapy"  # [neoadjuvant-planned, neoadjuvant-running, neoadjuvant-completed, neoadjuvant, adjuvant,
    #                      chemotherapy, anti-her2, radiotherapy, endocrine]
    NODE = "node"  # axillary node [palpable, suspicious, proven, positive, normal]; `modality` in Mention.detail
    SURGERY = "surgery"  # [mastectomy, conserving, axillary, planned]
    RECURRENCE = "recurrence"  # of the breast cancer, local or unspecified [local, unspecified]
    LOCAL_SYMPTOM = (
        "local-symptom"  # of breast or axilla: new breast lump, nipple discharge [concept id, axillary-lump]
    )
    MODALITY = "modality"  # [mammography, ultrasound, mri, ct, pet, bone-scan, biopsy]
    SIDE = "side"  # [left, right, bilateral; other: "the other breast"]; Mention.detail "cancer": of a cancer or lesion
    PREGNANCY = "pregnancy"  # [pregnant]
    TRACER = "tracer"  # a PET tracer other than FDG [fes, naf, psma, dotatate, other]; FDG itself is [fdg]


class Mention(Value, frozen=True, kw_only=True):
    """One mention. `site`: bone, spine, lung, liver, brain or other, of symptoms and findings. `start`, `end`: span."""

    kind: Kind
    value: str
    meant: Meant
    start: int
    end: int
    site: str | None = None
    detail: str | None = None

    @property
    def may_hold(self) -> bool:
        """Whether it is meant as there now, or as perhaps there."""
        return self.meant is Meant.AFFIRMED or self.meant is Meant.UNCERTAIN


def is_denied(mention: Mention) -> bool:
    """Whether a mention says that something is not there; a node that is not normal is something."""
    return mention.meant is Meant.NEGATED and not (mention.kind is Kind.NODE and mention.value == "normal")


Span = tuple[int, int]
"""Where something stands in a text: its start and its end."""


class StagingText(Value, frozen=True, kw_only=True):
    """Staging written out ("cT1c N0 M0", "stage IIA", "18 mm"): values in the vocabulary of facts, None where not said.

    `prefix`: "c", "p", "yp" or "" as written. `stage`: as written, may lack its letter ("II").
    """

    prefix: str = ""
    stage: str | None = None
    t: str | None = None
    n: str | None = None
    m: str | None = None
    size_mm: float | None = None


class Reading(Value, frozen=True, kw_only=True):
    """Everything understood in one text, and none of its words."""

    mentions: tuple[Mention, ...] = ()
    staging: tuple[StagingText, ...] = ()

    def of(self, *kinds: Kind) -> tuple[Mention, ...]:
        """The mentions of these kinds."""
        if not self.mentions:
            return ()
        return tuple([mention for mention in self.mentions if mention.kind in kinds])

    def affirmed(self, *kinds: Kind) -> tuple[Mention, ...]:
        """The mentions of these kinds that are meant as present now."""
        if not self.mentions:
            return ()
        present = [mention for mention in self.mentions if mention.meant is Meant.AFFIRMED]
        return tuple([mention for mention in present if mention.kind in kinds])
