"""The study that a symptom of one place calls for, where metastasis is suspected and no criteria rate the order.

Names and ratings are facts of ACR topics outside the three this service matches (source in each row); the choice of
study per site follows the project's articles on staging and on surveillance. Bone has no ACR topic of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Targeted:
    """The studies for one site: `first` for the card's one line, `lines` for its detail, `procedures` rated by us."""

    first: str
    lines: tuple[str, ...]
    sources: tuple[str, ...]
    procedures: frozenset[str] = frozenset()


TARGETED: Mapping[str, Targeted] = {
    "bone": Targeted(
        first="bone scan, radiographs or MRI of the painful site",
        lines=("Localized bone pain: bone scan, and radiographs or MRI of the painful site.",),
        sources=("Article on surveillance imaging (reviewed 2026-05-30); no ACR topic found for bone pain elsewhere",),
        procedures=frozenset({"bone-scan"}),
    ),
    "spine": Targeted(
        first="MRI of the spine",
        lines=(
            "Back pain with suspicion of cancer: MRI lumbar or thoracic spine without and with IV contrast, "
            "usually appropriate (9/9).",
            "Without IV contrast: usually appropriate (7/9).",
        ),
        sources=("ACR Low Back Pain, variant 7", "ACR Thoracic Back Pain, variant 5"),
    ),
    "lung": Targeted(
        first="chest radiograph, then CT chest",
        lines=(
            "Chronic cough or dyspnea: radiography chest, usually appropriate (9/9).",
            "CT chest: may be appropriate at first (4/9), usually appropriate (7/9) where a cough persists after "
            "treatment; in hemoptysis, with IV contrast, usually appropriate (8/9).",
        ),
        sources=(
            "ACR Chronic Cough, variants 1 and 3",
            "ACR Chronic Dyspnea-Noncardiovascular Origin, variant 1",
            "ACR Hemoptysis, variant 2",
        ),
    ),
    "liver": Targeted(
        first="US abdomen",
        lines=(
            "Jaundice or cholestatic liver tests: US abdomen, usually appropriate (9/9).",
            "CT abdomen with IV contrast: usually appropriate (8/9 in jaundice).",
        ),
        sources=("ACR Jaundice, variant 1", "ACR Abnormal Liver Function Tests, variant 3"),
    ),
    "brain": Targeted(
        first="MRI head without and with IV contrast",
        lines=(
            "Headache with a history of cancer, or focal neurology: MRI head without and with IV contrast, usually "
            "appropriate (9/9).",
        ),
        sources=("ACR Headache, variant 7", "ACR Brain Tumors, variant 2"),
    ),
}
