"""What must hold of any bytes and any words: rules that the fuzzer tries to break, and that the saved inputs keep."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cds_service.coding import LOINC, Code
from cds_service.facts.mentions import Kind, Meant
from cds_service.facts.text import read_text, residue_of
from cds_service.hooks.decode import decode_request
from cds_service.hooks.errors import BadRequest
from cds_service.hooks.request import HookRequest
from cds_service.hooks.services import make_services
from cds_service.knowledge.load import load_knowledge
from cds_service.knowledge.model import Knowledge
from cds_service.memory import LONGEST

ROOT = Path(__file__).parents[2]
CORPORA = ROOT / "tests" / "corpora"

PATIENTS_WORD = b"Zyxw"
"""Stands for what a patient's record may hold; a fault must not repeat it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is fuzzed. `check` raises where a rule is broken; `files`: whose lines count as found."""

    name: str
    check: Callable[[bytes], object]
    files: frozenset[str]
    seeds: Callable[[], Sequence[bytes]]
    words: Callable[[], Sequence[bytes]]


def _files(*patterns: str) -> frozenset[str]:
    return frozenset(str(path) for pattern in patterns for path in (ROOT / "cds_service").glob(pattern))


@cache
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "knowledge")


# --- the request decoder ----------------------------------------------------------------------------------------------
SERVICES = make_services([Code(LOINC, "21908-9")])


def decodes(body: bytes) -> HookRequest | BadRequest:
    """Any body is a request, or a BadRequest that names a place and repeats nothing of it."""
    first = _decoded(body)
    if isinstance(first, BadRequest):
        assert PATIENTS_WORD.decode() not in str(first)
        return first
    assert first.hook in {service.hook for service in SERVICES}
    assert first.patient_id
    for draft in first.drafts:
        assert draft.place.startswith("context.draftOrders.entry[")
    return first


def _decoded(body: bytes) -> HookRequest | BadRequest:
    try:
        return decode_request(body, services=SERVICES)
    except BadRequest as refused:
        return refused


def _requests() -> list[bytes]:
    names = ("s4-pet-ct-group-only-ia", "s4-ct-cap-as-pair", "s4-pet-ct-stage-ia-epic", "s4-pet-ct-order-sign")
    found = []
    for name in names:
        request = json.loads((ROOT / "fixtures" / name / "request.json").read_text("utf-8"))
        request["prefetch"] = {"patient": request["prefetch"]["patient"]}
        found.append(json.dumps(request).encode())
    return [*found, b"{}", b"[]", b""]


def _pieces() -> list[bytes]:
    names = ("hook", "hookInstance", "context", "patientId", "userId", "selections", "draftOrders", "entry", "resource")
    more = (
        "prefetch",
        "fhirServer",
        "fhirAuthorization",
        "access_token",
        "encounterId",
        "resourceType",
        "id",
        "Bundle",
    )
    keys = [f'"{each}":'.encode() for each in (*names, *more)]
    values = [
        b"null",
        b"[]",
        b"{}",
        b"0",
        b"-1e999",
        b'""',
        b"true",
        b'"\\ud800"',
        b"\xff",
        b'"Patient/x"',
        PATIENTS_WORD,
    ]
    return [
        *keys,
        *values,
        b'"order-select"',
        b'"order-sign"',
        b'"ServiceRequest/x"',
        b",",
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
    ]


def decoder() -> Target:
    return Target(
        name="decoder",
        check=decodes,
        files=_files("hooks/decode.py", "hooks/drafts.py", "hooks/members.py"),
        seeds=_requests,
        words=_pieces,
    )


# --- the text reader --------------------------------------------------------------------------------------------------
def reads(data: bytes) -> None:
    """Any text is read; what is mentioned stands in it; blanks behind it change nothing; a symptom behind it counts."""
    text, findings = data.decode("utf-8", "replace"), knowledge().findings
    reading = read_text(text + " " * (LONGEST + 1), findings)  # too long to be remembered
    assert read_text(text + " " * (LONGEST + 9), findings) == reading
    for mention in reading.mentions:
        assert 0 <= mention.start < mention.end <= len(text)
    for start, end in residue_of(text + " " * (LONGEST + 1), findings):
        assert 0 <= start < end <= len(text)
    behind = read_text(f"{text}.\nNew bone pain.{' ' * LONGEST}", findings)
    assert any(
        each.kind is Kind.SYMPTOM and each.start >= len(text) and each.meant in (Meant.AFFIRMED, Meant.UNCERTAIN)
        for each in behind.mentions
    ), "the symptom behind it is lost"


def _reasons() -> list[bytes]:
    return [
        b"Newly dx L breast IDC, staging",
        b"no bone pain, cough, or headache; r/o mets",
        b"stage IIA (cT2 N0 M0), 2.1 cm, s/p NAC",
        b"h/o breast ca, f/u CT lung nodule, denies wt loss",
        b"IMPRESSION: No evidence of metastatic disease. 6 mm right lower lobe nodule, indeterminate.",
        "mother’s ↑ LFTs – (-) cough • Ca 11.9".encode(),  # noqa: RUF001
        b"",
    ]


def _phrases() -> list[bytes]:
    """Words of every part of the reader, and signs that mean something."""
    cues = (
        "no",
        "not",
        "denies",
        "without",
        "r/o",
        "?",
        "h/o",
        "mother",
        "new",
        "worsening",
        "resolved",
        "except",
        "yes",
    )
    signs = (", ", ". ", "; ", "\n", "or", "and", "but", "/", "(", ")", "-", "+", "\u0130")
    sites = (
        "bone",
        "liver",
        "axillary",
        "node",
        "breast",
        "left",
        "enlarged",
        "pain",
        "lesion",
        "mets",
        "cancer",
        "ca",
    )
    more = (
        "stage",
        "IIA",
        "T2",
        "N1",
        "M0",
        "cm",
        "5",
        "mm",
        "elevated",
        "LFTs",
        "alp",
        "normal",
        "CA 15-3",
        "suspicious",
    )
    said = (*cues, *signs, *sites, *more, "staging", "f/u", "s/p", "chemo", "mastectomy")
    return [f" {each} ".encode() if each.isalnum() else each.encode() for each in said]


def text() -> Target:
    return Target(name="text", check=reads, files=_files("facts/text*.py"), seeds=_reasons, words=_phrases)


TARGETS: dict[str, Callable[[], Target]] = {"decoder": decoder, "text": text}
