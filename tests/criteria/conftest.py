"""The knowledge we ship, loaded once; and facts of a patient to change one at a time."""

from pathlib import Path

import pytest

from cds_service.facts.model import Facts, Known
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge

FOLDER = Path(__file__).parents[2] / "knowledge"


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge(FOLDER)


@pytest.fixture
def early() -> Facts:
    """A woman with a new invasive cancer, stage IA, without symptoms."""
    return Facts(
        {
            "age-years": Known(58.0),
            "sex": Known("female"),
            "pregnant": Known("no"),
            "other-malignancy": Known("no"),
            "cancer": Known("invasive"),
            "inflammatory": Known("no"),
            "laterality": Known("left"),
            "order-laterality": Known("unstated"),
            "disease-phase": Known("new"),
            "clinical-t": Known("T1"),
            "clinical-n": Known("N0"),
            "stage-group": Known("IA"),
            "metastasis-suspected": Known("none", assumed="no-symptoms-recorded"),
            "axillary-lump": Known("none"),
            "node-palpable": Known("no"),
            "node-suspicious-on-imaging": Known("none", assumed="no-suspicious-node-recorded"),
            "node-suspicious-after-therapy": Known("no"),
            "node-metastasis-proven": Known("no"),
            "axilla-imaged": Known("no", assumed="no-axillary-imaging-recorded"),
            "local-recurrence": Known("none"),
        }
    )
