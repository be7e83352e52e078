"""What a phrase of `record-words.yaml` settles by itself: nothing that a tumour may be called.

Where a word of a phrase is optional, or a comma cuts it, what is left may settle too much: "[risk of] distant
recurrence", "no dysplasia or malignancy". So every short phrase that a report is read by is looked at.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from cds_service.knowledge.findings_trie import Node
from cds_service.knowledge.record_words import In, Use, load_record_words

RECORD_WORDS = Path(__file__).parents[2] / "knowledge" / "record-words.yaml"
LONGEST = 3
"""Phrases of four words are too many to walk; a longer one holds words enough to say what it means."""
ALARMING = re.compile(
    r"malign|metast|\bmets?\b|carcin|cancer|tumou?r|neoplas|lesion|\bmass|lytic|lucen|nodul|suspic|abnormal|avid|uptake"
    r"|hypermet|adenopath|effusion|fractur|destruct|infiltr|opacit|progress|recurr|relaps|enlarg|hydroneph|ascites"
    r"|thromb|embol|ha?emorr|o?edema|mening|\bcord|compress|cortical|marrow|sclerotic|blastic|pathologic|wedge|collapse"
)
"""Parts of what a finding of tumour, or of what it does, is called."""
SAID_HARMLESS = re.compile(
    r"\b(?:no|not|without|negative|neg|nil|benign|none|nothing|never|absent|free|non|lack|denies|absence|rather|unless)\b"
    r"|\b(?:resolved|old|healed|chronic|remote|history|hx|h/o|stable|un\w+|normal|simple|clear|family|for)\b"
)
"""What denies it, or says that it is long over."""
HARMLESS = {
    "wear of joints and spine": r"degenerative|arthr(?:itic|opathic)|cord$",
    "walls of arteries": r"atherosclerotic",
    "lens of the eye": r"cataract|sclerosis|capsul\w+ opacity|hypermetropia",
    "veins of the rectum": r"ha?emorrhoid",
    "what organs take up of any tracer": r"physiologic|expected|brown fat|homogeneous|symmetrical|preserved"
    r"|maintained|prompt",
    "what treatment does to the marrow": r"likely (?:anemia|gcsf|neulasta|treatment)",
    "fat in the liver": r"fat(?:ty)? infiltration|fatty",
    "the thyroid by its classes, and goitre": r"colloid|thy2|\btr[12]\b|tirads|u2\b|goit(?:er|re)|spongiform"
    r"|all nodules",
    "the heart": r"cardiac|heart|\b(?:la|lv|left) enlargement",
    "a benign tumour of the liver": r"focal nodular hyperplasia",
    "risks and scores": r"risk|probability|recurrence (?:rate|score|result|#|%|at)",
    "exercise": r"workload|achieved",
    "what was seen of the known cancer": r"concordant|followup|surveillance|peritumoral",
    "joints": r"(?:joint|knee|suprapatellar|bursal) effusion|joint",
    "kidneys": r"renal|kidneys?|calculus|stone|cortical thinning bilaterally|cortical thickness",
    "nodes that react": r"reactive",
    "bones that are thin": r"low bone mass",
    "a cyst by another name": r"cysts?",
    "a fibroid": r"fibroids?",
    "veins that are open, and voices": r"compressible|vocal",
    "a scar of the clavicle or a rib": r"clavic|rib",
}
"""Why a phrase with such a part may settle a report: what else in it says what it is."""


def _settled(node: Node[Use], words: tuple[str, ...] = ()) -> Iterator[str]:
    if node.meaning in (Use.SETTLED, Use.NORMAL):
        yield " ".join(words)
    if len(words) < LONGEST:
        for word, below in node.next.items():
            yield from _settled(below, (*words, word))


def test_no_short_phrase_settles_what_a_tumour_may_be_called() -> None:
    harmless = re.compile("|".join(HARMLESS.values()))
    phrases = _settled(load_record_words(RECORD_WORDS).tries[In.REPORT])
    alarming = [each for each in phrases if ALARMING.search(each) and not SAID_HARMLESS.search(each)]
    assert [each for each in alarming if not harmless.search(each)] == []
    assert alarming, "the phrases are looked at"
