"""What the words of a breast cancer, or of its morphology, say of its tissue: that it is no carcinoma."""

from cds_service.facts.mentions import Kind
from cds_service.facts.source import Source
from cds_service.fhir.resources import CodeableConcept

_CARCINOMAS = frozenset({"invasive", "ductal", "lobular", "inflammatory", "in-situ"})


def names_no_carcinoma(source: Source, *concepts: CodeableConcept | None) -> bool:
    """Whether the words name, even in doubt, a sarcoma, a lymphoma, a malignant phyllodes tumour, and no carcinoma.

    ICD-10-CM has one code, C50, for any malignant neoplasm of the breast; the criteria are about carcinoma (facts A7:
    E29).
    """
    mentions = [mention for reading in source.said(*concepts) for mention in reading.mentions]
    present = [mention for mention in mentions if mention.may_hold]
    another = any(mention.kind is Kind.OTHER_MALIGNANCY for mention in present)
    return another and not any(
        mention.kind is Kind.BREAST_CANCER and mention.value in _CARCINOMAS for mention in present
    )
