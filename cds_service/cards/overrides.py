"""The reasons offered for keeping an order against a warning.

Codes and displays are HL7's, of the CDS Hooks 3.0 ballot (trial use); vendors ask for few and stable ones
(cds-hooks/docs PR 513). The order is what clinicians said for 12,615 low-scored imaging orders (Gupta, J Am Coll
Radiol 2017): a specialist or the radiologist asked for it (36 and 6 %), special circumstances (23 %), somebody else
decided (11 %), an earlier study had not answered (9 %), the patient's wish (6 %). The last four were not in that list.
"""

from cds_service.hooks.response import Coding

# https://build.fhir.org/ig/HL7/cds-hooks/CodeSystem-non-adherence-reason-codes.html
SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"

OVERRIDE_REASONS: tuple[Coding, ...] = tuple(
    Coding(code=code, system=SYSTEM, display=display)
    for code, display in (
        ("expert-contradicts", "Advice from expert contradicts the recommended action"),
        ("cds-not-applicable", "PC CDS does not apply to patient"),
        ("inappropriate-recipient", "PC CDS delivered to inappropriate recipient/role"),
        ("action-unsuccessful", "Recommended action was previously unsuccessful"),
        ("does-not-align-preferences", "Recommendation does not align with patient preferences or values"),
        (
            "recipient-disagrees-evidence",
            "Recipient disagrees with recommendation because of issues with the evidence",
        ),
        ("patient-contraindication", "Patient has contraindication to recommended action"),
        ("action-completed", "Recommended action was already completed"),
        ("service-not-available", "Treatment or service is not practically available"),
    )
)
