"""The published hooks: which fields of their context may be prefetch tokens, and their versions.

https://cds-hooks.org/hooks/, field by field as `HL7/cds-hooks-library` has them.
"""

from dataclasses import dataclass

ORDER_SELECT = "order-select"
ORDER_SIGN = "order-sign"
ORDER_DISPATCH = "order-dispatch"
PATIENT_VIEW = "patient-view"

ORDER_HOOKS = (ORDER_SELECT, ORDER_SIGN)
"""Hooks whose context holds drafts."""

EXERCISED = (ORDER_SELECT, ORDER_SIGN, PATIENT_VIEW, ORDER_DISPATCH)
"""Hooks for which we can write a request."""

USER_TOKENS = ("userPractitionerId", "userPractitionerRoleId", "userPatientId", "userRelatedPersonId")


@dataclass(frozen=True, slots=True)
class Context:
    """`tokens`: fields that may stand in prefetch templates; `optional`: those of them that may be absent."""

    version: str
    tokens: tuple[str, ...] = ("userId", "patientId", "encounterId")
    optional: tuple[str, ...] = ("encounterId",)


KNOWN = {
    ORDER_SELECT: Context("1.0"),
    ORDER_SIGN: Context("1.0"),
    ORDER_DISPATCH: Context("1.1", ("patientId", "dispatchedOrders", "performer"), ()),
    PATIENT_VIEW: Context("1.0"),
    "appointment-book": Context("1.0"),
    "encounter-start": Context("1.0", optional=()),
    "encounter-discharge": Context("1.0", optional=()),
    "medication-prescribe": Context("1.0"),
    "order-review": Context("1.0"),
    "medication-refill": Context("0.1.0", optional=("userId", "encounterId")),
    "medication-verify": Context("0.1.0"),
    "allergyintolerance-create": Context("0.1.0"),
    "problem-list-item-create": Context("0.1.0"),
}
