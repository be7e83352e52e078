"""Advice that anybody gets is none of a patient's symptoms; advice that takes one for granted is (facts A9)."""

import pytest

from cds_service.facts.advice import is_general_advice, is_taken_for_granted, is_watched_for
from cds_service.knowledge.model import Knowledge
from tests.support import resources as make


@pytest.mark.parametrize(
    "sentence",
    [
        "Call if any new bone pain, cough or headache.",
        "Please call for new back pain or weakness",
        "Return if dizziness or headache",  # two things: nobody has just these
        "Knows to call if any new lump, cough or back pain.",
        "Knows to ring the breast care line if any new lump, cough that lingers or back pain.",
        "Pt was also advised to call with any new bone pain, shortness of breath or headaches.",
        "She was instructed to report any new or persistent pain, cough, or weight loss.",
        "Return precautions reviewed including bone pain, headache and weight loss; verbalized understanding.",
        "Red flag symptoms reviewed: back pain, numbness, weight loss.",
        "Safety netting advice given re back pain and breathlessness.",
        "Leaflet given on signs of recurrence.",
        "Call if any signs of recurrence.",
        "Call if any new cough or symptoms of relapse.",
        "Advised to call the helpline if any new cough that lasts, or sudden weakness; verbalised understanding.",
        "Red flags explained, understands: back pain, numbness.",
        "Call if you have back pain.",
        "Call if back pain or headache.",  # no blank or stop at the end, and two of them
        "Reviewed symptoms to report.",
        "Aware of symptoms to report such as bone pain or breathlessness.",
    ],
)
def test_what_anybody_is_told(sentence: str, knowledge: Knowledge) -> None:
    assert is_general_advice(sentence, make.source(knowledge, make.order()))


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Call if the back pain gets worse.", "she has it"),
        ("Call if her headaches persist.", "she has them"),
        ("Call for worsening back pain or weakness.", "what gets worse is there"),
        ("Return if the hip pain has not settled in two weeks.", "she has it"),
        ("Please call if the breathlessness comes back.", "she had it"),
        ("Return if cough continues beyond next week, or any new symptoms.", "she has it"),
        ("Return for any further falls.", "there were some"),
        ("Return if more headaches or any new symptoms.", "there were some"),
        ("Return if headaches are back, or any new weakness.", "there were some"),
        ("Call for persistent back pain.", "one thing by itself may be hers"),
        ("Call with results of MRI spine.", "something is looked for"),
        ("Educated on pacing because of her breathlessness.", "she has it"),
        ("Educated on opioids, takes four a day for any new pain.", "a drug that she takes"),
        ("Red flags present.", "she has some"),
        ("Red flags reviewed: back pain present, numbness.", "she has it"),
        ("Aware of symptoms to report, had two seizures.", "she had them"),
        ("Call if the back pain or a headache.", "it is known which"),
        ("Knows to call if any new lump or brain metastases.", "a metastasis is nothing to watch for"),
        ("Knows to call if any new lump or recurrence.", "it may be back"),
        ("Call us if any new lump or left mastectomy.", "an operation is nothing to watch for"),
        ("Knows to call about any new treatment of the recurrence.", "it is there"),
        ("Knows to call if any new pain, is under the spinal team.", "words that nobody explains"),
        ("Any new pain, knows to call.", "what stands before may be hers"),
    ],
)
def test_what_may_be_hers(sentence: str, why: str, knowledge: Knowledge) -> None:
    assert not is_general_advice(sentence, make.source(knowledge, make.order())), why


def test_what_stands_behind_advice_is_watched_for() -> None:
    """In the same clause, and not in another sentence."""
    text = "Back pain. Call for new pain"
    assert is_watched_for(text, text.index("new"))
    assert not is_watched_for(text, text.index("Back"))
    assert not is_watched_for("Call for fever. Pain at night", 16)
    for end in (".", ";", "\n"):
        assert is_watched_for(f"Fine{end}Call for pain", 14)
        assert not is_watched_for(f"Call{end}pain", 5)


@pytest.mark.parametrize(
    ("text", "watched", "why"),
    [
        ("Call if the back pain gets worse", False, "she has it"),
        ("Watch for worsening back pain", False, "what gets worse is there"),
        ("Educated on opioids for the hip pain", False, "she has it"),
        ("Call us if back pain is still there", False, "the end of its sentence says so"),
        ("Still well, call us for back pain", True, "what stands before the advice is none of it"),
        ("Call us for back pain. The cough is still there", True, "nor is the next sentence"),
        ("Risks: pain, need for further surgery", True, "a risk is nobody's symptom, whatever is told beside it"),
    ],
)
def test_what_advice_takes_for_granted_is_hers(text: str, watched: bool, why: str) -> None:
    assert is_watched_for(text, text.index("pain")) is watched, why
    assert is_taken_for_granted(text, text.index("pain")) is (not watched), why


def test_what_no_advice_speaks_of_is_not_taken_for_granted_by_any() -> None:
    """Nor is it to be watched for: it is read as it stands."""
    for text in ("Back pain is still there", "The cough is still there. Back pain"):
        assert not is_taken_for_granted(text, text.index("pain"))
        assert not is_watched_for(text, text.index("pain"))
