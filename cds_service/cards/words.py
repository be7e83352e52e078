"""Clinical words for the names that facts and retrieval use: assumptions, parts of the record, places of a request."""

import re
from collections.abc import Mapping, Sequence

from cds_service.cards.markdown import escape
from cds_service.knowledge.studies import Procedure

KEYS: Mapping[str, str] = {
    "patient": "age and sex",
    "conditions": "the problem list",
    "observations": "observations and laboratory results",
    "procedures": "procedures",
    "medicationRequests": "prescriptions",
    "medicationAdministrations": "drugs given",
    "carePlans": "care plans",
    "diagnosticReports": "imaging and pathology reports",
    "allergies": "allergies",
}
"""What each prefetch key holds, as a clinician would call it."""

ASSUMPTIONS: Mapping[str, str] = {
    "no-symptoms-recorded": "No symptom or sign of metastasis is recorded: taken as none.",
    "older-complaint-unchanged": (
        "A complaint on record is older than the work-up of this cancer, and nothing says that it changed; no other "
        "symptom or sign of metastasis is recorded: taken as none."
    ),
    "m0": "No distant metastasis is recorded: taken as M0.",
    # Said of new disease and of follow-up alike; in follow-up treatment was given, and is over.
    "no-treatment-recorded": "No treatment of this cancer is recorded: taken as none under way.",
    "treatment-completed": "Follow-up is stated: curative treatment is taken as completed.",
    "no-surgery-recorded": "No breast surgery is recorded: taken as not done yet.",
    "question": "The order does not say what the study is for: its usual purpose is taken.",
    "adult": "Age is not recorded: taken as an adult.",
    "invasive": "The diagnosis code does not say invasive or in situ: taken as invasive.",
    "no-palpable-node-recorded": "No palpable axillary node is recorded: taken as none.",
    "no-suspicious-node-recorded": "No suspicious axillary node on imaging is recorded: taken as none seen.",
    "no-axillary-imaging-recorded": "No imaging of the axilla is recorded in this work-up: taken as not done.",
}
"""What was taken as true for lack of a record, as a sentence."""

_NOT_SUPPLIED = "-not-supplied"
_NOT_READ = "-not-read"

_KINDS: Mapping[str, str] = {
    "ClinicalImpression": "clinical impressions",
    "DocumentReference": "documents",
    "Encounter": "visits",
    "Flag": "flags",
    "MedicationDispense": "drugs dispensed",
    "MedicationStatement": "drugs taken",
    "QuestionnaireResponse": "questionnaires",
    "ServiceRequest": "other orders",
}
"""Types of resources that are not read, as a clinician would call them."""


def assumptions(names: Sequence[str]) -> list[str]:
    """A sentence for every assumption, known or not; parts of the record this system does not supply share one, and
    so do kinds of resources that it sent and nobody reads.

    A name without a sentence is shown as plain text.
    """
    absent = [name.removesuffix(_NOT_SUPPLIED) for name in names if name.endswith(_NOT_SUPPLIED)]
    known = [KEYS[key] for key in absent if key in KEYS]
    unread = [word for name in names if (word := _KINDS.get(name.removesuffix(_NOT_READ)))]
    others = [
        name
        for name in names
        if name.removesuffix(_NOT_SUPPLIED) not in KEYS and name.removesuffix(_NOT_READ) not in _KINDS
    ]
    said = [ASSUMPTIONS.get(name) or f"Taken as true for lack of a record: {_words(name)}." for name in others]
    if known:
        said.append(f"Not supplied by this system, taken as holding nothing relevant: {', '.join(known)}.")
    if unread:
        said.append(f"Sent, but not read, taken as holding nothing relevant: {', '.join(unread)}.")
    return said


def _words(name: str) -> str:
    return escape(name.replace("-", " "))


def place(name: str) -> str:
    """Words for a place in the request, e.g. `prefetch.conditions.entry[2]`: "the problem list (entry 3)"."""
    parts = name.split(".")
    if parts[0] in ("prefetch", "fhirServer"):
        parts = parts[1:]
    first = re.match(r"\w*", parts[0]) if parts else None
    key = first.group() if first is not None else ""
    entry = re.search(r"entry\[(\d+)\]", name)
    if name.startswith("context.draftOrders"):
        return f"the order itself (draft {int(entry[1]) + 1})" if entry else "the order itself"
    known = KEYS.get(key, "a part of the request")
    return f"{known} (entry {int(entry[1]) + 1})" if entry else known


def short(study: Procedure) -> str:
    """A study's name for a narrow card: "MRI breast without and with contrast"."""
    return study.short.replace("w/o ", "without ")


def finding(value: str) -> str:
    """What a fact rests on, where the facts' own word for it is not a clinician's."""
    if value.startswith("conserving"):
        value = f"breast-conserving surgery{value.removeprefix('conserving')}"
    return value.removesuffix(", unclear")


def lowered(text: str) -> str:
    """A phrase for the middle of a sentence: its first letter small, unless it is an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def capital(text: str) -> str:
    """A phrase for the start of a line."""
    return text[:1].upper() + text[1:]


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
