"""Packs the sandbox's patients from the fixtures: `python -m tests.support.make_demo` writes, `packed()` says what."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "cds_service" / "web" / "patients.json"

CHOSEN = (
    ("Stage I to IIA", "s4-pet-ct-stage-ia-mcode", "Stage IA, PET/CT"),
    ("Stage I to IIA", "s4-bone-scan-stage-iia", "Stage IIA, bone scan"),
    ("Stage I to IIA", "not-s4-bone-pain", "Stage IA with bone pain"),
    ("Stage IIB and III", "not-s4-stage-iib", "Stage IIB, PET/CT"),
    ("Stage IIB and III", "not-s4-t3n0", "T3 N0, PET/CT"),
    ("Follow-up", "s5-pet-ct-anxious", "Anxious, no symptom, PET/CT"),
    ("Follow-up", "s5-pet-ct-new-headache", "New headache, PET/CT"),
    ("Axilla and neoadjuvant therapy", "s1-core-biopsy-before-imaging", "Biopsy before ultrasound"),
    ("Axilla and neoadjuvant therapy", "s2-us-axilla-order-sign", "After chemotherapy, US axilla, at signing"),
    ("Axilla and neoadjuvant therapy", "s3-core-biopsy", "Suspicious node, biopsy"),
    ("Asks", "asks-stage-unknown", "Stage not recorded"),
    ("Asks", "asks-n-not-recorded", "Nodal status not recorded"),
    ("Silent or not assessed", "s4-mammography", "Mammography, nothing to say"),
    ("Silent or not assessed", "not-assessed-conditions-failed", "Problem list could not be read"),
)


def packed() -> str:
    """The file as it has to be."""
    patients = []
    for group, name, title in CHOSEN:
        request = json.loads((ROOT / "fixtures" / name / "request.json").read_text(encoding="utf-8"))
        patients.append({"id": name, "group": group, "title": title, "request": request})
    return json.dumps(patients, ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    DEMO.write_text(packed(), encoding="utf-8")
