"""Reports of results, whose files are read whole, and notes, which are looked through: which is which, and how."""

import base64
from collections.abc import Callable

import pytest

from cds_service.facts.model import Fact, Facts, Known, Unknown
from cds_service.facts.source import Source
from cds_service.facts.whole_reports import is_note_in_file, with_whole_reports
from cds_service.fhir.resources import Attachment, CodeableConcept, DiagnosticReport
from tests.support.resources import cancer, concept, report

FactsOf = Callable[..., Facts]
SourceOf = Callable[..., Source]


def _file(text: str) -> Attachment:
    return Attachment(content_type="text/plain", data=base64.b64encode(text.encode()).decode())


def _report(*files: str, says: str | None = None, name: str = "CT chest") -> DiagnosticReport:
    return report(name, conclusion=says, days=10, presented_form=tuple(map(_file, files)))


@pytest.mark.parametrize(
    ("code", "expected", "why"),
    [
        (concept(text="Letter"), True, "by its name alone"),
        (concept(text="Patient summary"), True, "likewise"),
        (concept(text="H&P"), True, "as clinics call them"),
        (concept("loinc:11506-3"), True, "by its code alone"),
        (concept("local:1=SOAP", text="Home visit"), True, "by one of two names"),
        (concept(text="CT chest"), False, "a study"),
        (concept(text="Complete blood count"), False, "results"),
    ],
)
def test_what_is_a_note(code: CodeableConcept, expected: bool, why: str, source_of: SourceOf) -> None:
    found = DiagnosticReport(code=code, status="final")
    assert is_note_in_file(found, source_of(found)) is expected, why


def _kind(fact: Fact) -> str:
    return str(fact.value) if isinstance(fact, Known) else "unknown" if isinstance(fact, Unknown) else "open"


@pytest.mark.parametrize(
    ("found", "kind", "why"),
    [
        ((_report(says="Normal."), _report("New hepatic metastases.", name="CT abdomen")), "sign", "one has no file"),
        ((_report("Normal. No metastases."),), "none", "nothing but a file"),
        ((_report("The chest is normal.", says="Hepatic metastases."),), "sign", "the conclusion is not in the file"),
        ((_report("Hepatic metastases.", says="Normal."),), "sign", "the file says more"),
        ((_report("No metastases.", says="Normal."),), "none", "neither says anything"),
        ((_report("No metastases.", "Hepatic metastases.", says="Normal."),), "sign", "the second file does"),
        ((_report("No metastases. Kryptoid.", says="Normal."),), "unknown", "a word that nobody knows"),
    ],
)
def test_conclusion_and_files_are_one(
    found: tuple[DiagnosticReport, ...], kind: str, why: str, facts_of: FactsOf
) -> None:
    assert _kind(facts_of(cancer(), *found)["metastasis-suspected"]) == kind, why


@pytest.mark.parametrize(
    ("says", "files", "whole"),
    [
        (None, ("Normal.",), "Normal."),
        ("Normal.", ("No metastases.",), "Normal.\nNo metastases."),
        (
            "Normal  chest.",
            ("FINDINGS: Liver.\nIMPRESSION: Normal\nchest.",),
            "FINDINGS: Liver.\nIMPRESSION: Normal\nchest.",
        ),
        ("No metastases.\nNormal.", ("Normal.",), "No metastases.\nNormal."),
        ("Normal chest.", ("Normal\nchest.",), "Normal chest."),
        ("Normal.", ("IMPRESSION: Normal.", "Liver."), "IMPRESSION: Normal.\nLiver."),
    ],
)
def test_what_stands_in_both_is_said_once(
    says: str | None, files: tuple[str, ...], whole: str, source_of: SourceOf
) -> None:
    (read,) = with_whole_reports(source_of(_report(*files, says=says))).record.diagnostic_reports
    assert read.conclusion == whole


@pytest.mark.parametrize(
    ("found", "concluded", "why"),
    [
        (
            report("Surgical pathology", conclusion_code=(concept("sct:408643008=Infiltrating duct carcinoma"),)),
            "Infiltrating duct carcinoma",
            "a code alone",
        ),
        (
            report("Surgical pathology", conclusion_code=(concept(text="IDC"), concept(text="DCIS"))),
            "IDC\nDCIS",
            "two of them",
        ),
        (
            report("Surgical pathology", conclusion="See codes.", conclusion_code=(concept(text="IDC"),)),
            "See codes.",
            "words of its own",
        ),
        (
            report("Surgical pathology", conclusion_code=(concept(text="IDC"), concept("sct:399935008"))),
            None,
            "one has no words: what is missing is unknown",
        ),
        (report("CT chest", conclusion_code=(concept(text="Nodule"),)), None, "no sample"),
        (report("Surgical pathology"), None, "nothing is concluded"),
    ],
)
def test_codes_of_a_sample_are_its_conclusion(
    found: DiagnosticReport, concluded: str | None, why: str, source_of: SourceOf
) -> None:
    (read,) = with_whole_reports(source_of(found)).record.diagnostic_reports
    assert read.conclusion == concluded, why
