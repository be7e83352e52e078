"""Orders that are not the study they look like, or no imaging at all: nothing may be said about them."""

from tests.support.scenarios.model import Json, Judged, Scenario
from tests.support.scenarios.stories import new_patient, order

UNMAPPED = Judged(outcomes=("not-covered", "none"))
"""Either not covered or not in scope at all (`none`): in both cases nothing is shown."""


def _medication_instead(request: Json) -> None:
    """The session's only draft is a medication (cds-hooks H4)."""
    request["context"]["draftOrders"]["entry"] = [
        {
            "resource": {
                "resourceType": "MedicationRequest",
                "id": "order-1",
                "status": "draft",
                "intent": "order",
                "medicationCodeableConcept": {"text": "tamoxifen 20 mg tablet"},
                "subject": {"reference": f"Patient/{request['context']['patientId']}"},
                "authoredOn": "2026-11-16",
            }
        }
    ]
    request["context"]["selections"] = ["MedicationRequest/order-1"]


def _nothing_chosen_yet(request: Json) -> None:
    """The CDS Hooks Sandbox before a study is chosen: an empty coding and no reasons (cds-hooks §3.2)."""
    draft = request["context"]["draftOrders"]["entry"][0]["resource"]
    draft |= {"code": {"coding": [{}]}, "reasonCode": []}


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        name="no-card-medication-only",
        why="A medication is not imaging: no card, no assessment (cds-hooks H4)",
        story=new_patient("o-medication"),
        orders=(order("pet-ct"),),
        change=_medication_instead,
    ),
    Scenario(
        name="no-card-blank-order",
        why="An order without a study yet gets no card and no error (cds-hooks §3.2)",
        story=new_patient("o-blank"),
        orders=(order("pet-ct"),),
        change=_nothing_chosen_yet,
        judged=(UNMAPPED,),
    ),
    Scenario(
        name="not-covered-us-extremity",
        why="76882 without a site may be a knee (E41): not the axilla",
        story=new_patient("o-extremity"),
        orders=(order("us-extremity", text="US limited, joint"),),
        judged=(UNMAPPED,),
    ),
    Scenario(
        name="not-covered-breast-biopsy",
        why="19083 is a biopsy of the breast, not of a node (E40)",
        story=new_patient("o-biopsy"),
        orders=(order("breast-core-biopsy"),),
        judged=(UNMAPPED,),
    ),
    Scenario(
        name="not-covered-ct-chest-alone",
        why="CT of the chest alone has no row in topic 310 (E42)",
        story=new_patient("o-chest"),
        orders=(order("ct-chest-with", reason_text="Staging of newly diagnosed breast cancer"),),
        judged=(UNMAPPED,),
    ),
    Scenario(
        name="not-covered-ct-mixed-contrast",
        why="CT chest without and abdomen/pelvis with contrast match no row (E42)",
        story=new_patient("o-mixed"),
        orders=(order("ct-chest-without", id="order-1"), order("ct-abdomen-pelvis-with", id="order-2")),
        judged=(UNMAPPED, Judged(outcomes=("not-covered", "none"), order="ServiceRequest/order-2")),
    ),
    Scenario(
        name="not-covered-limited-bone-scan",
        why="A limited bone scan is not the whole-body study ACR rates (E60)",
        story=new_patient("o-limited"),
        orders=(order("bone-scan-limited"),),
        judged=(UNMAPPED,),
    ),
    Scenario(
        name="not-covered-fes-pet",
        why="78815 with another tracer than FDG is not the rated study (E44)",
        story=new_patient("o-fes"),
        orders=(order("pet-ct", text="FES PET/CT (fluoroestradiol), skull base to mid-thigh"),),
        judged=(UNMAPPED,),
    ),
)
