"""Loads the knowledge folder: every file read, checked and built, or every fault reported at once.

The folder holds `knowledge.yaml` (version), `topics/*.yaml` with `*.cases.yaml` beside them, `procedures.yaml`,
`findings.yaml`, `record-words.yaml`, `breast-words.yaml`, `note-words.yaml`, `value-sets/*.json` and `schema/`.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from cds_service.knowledge.breast_words import BreastWords, read_breast_words
from cds_service.knowledge.faults import Fault, KnowledgeError
from cds_service.knowledge.findings import Findings
from cds_service.knowledge.findings_file import load_findings
from cds_service.knowledge.model import Knowledge, Topic
from cds_service.knowledge.note_words import NoteWords, read_note_words
from cds_service.knowledge.procedures import ProcedureFile, ProcedureReader
from cds_service.knowledge.record_words import RecordWords, load_record_words
from cds_service.knowledge.schema import schema_faults
from cds_service.knowledge.topics import TopicReader, faults_between
from cds_service.knowledge.value_set_files import ValueSetReader
from cds_service.knowledge.value_sets import ValueSets
from cds_service.knowledge.yaml import Document, read_document

CASES = ".cases.yaml"


def load_knowledge(folder: Path) -> Knowledge:
    """The knowledge in a folder.

    Raises KnowledgeError with every fault as `file:line: path: message`.
    """
    faults: list[Fault] = []
    manifest = checked_document(folder, "knowledge.yaml", "knowledge.schema.json", faults)
    procedures = _procedures(folder, faults)
    topics = _topics(folder, procedures, faults)
    value_sets = _value_sets(folder, faults)
    findings = _findings(folder, faults)
    record_words = _record_words(folder, faults)
    breast_words = _breast_words(folder, faults)
    note_words = _note_words(folder, faults)
    if procedures is not None and findings is not None:
        faults += _organ_faults(procedures, findings, value_sets)
    if faults or manifest is None or procedures is None or findings is None:
        raise KnowledgeError(faults)
    return Knowledge(
        version=manifest.value["version"],
        hash=content_hash(folder),
        topics=topics,
        procedures=MappingProxyType(dict(procedures.procedures)),
        value_sets=value_sets,
        findings=findings,
        record_words=record_words,
        breast_words=breast_words,
        note_words=note_words,
        not_covered=MappingProxyType(dict(procedures.not_covered)),
        not_covered_phrases=MappingProxyType(dict(procedures.not_covered_phrases)),
    )


def checked_document(folder: Path, file: str, schema: str, faults: list[Fault]) -> Document | None:
    """A YAML file that its schema approves, or None with its faults noted."""
    document = read_document(folder / file, file)
    found = [*document.faults]
    if document.value is not None:
        found += schema_faults(document, folder / "schema" / schema)
    faults += found
    return None if found else document


def content_hash(folder: Path) -> str:
    """The SHA-256 over the names and contents of all knowledge files but the cases, in the order of their names."""
    digest = hashlib.sha256()
    for path in _content(folder):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(b"\0")
        digest.update(path.read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()


def topic_files(folder: Path) -> list[str]:
    """The topic files, relative to the folder, in order of their names."""
    paths = sorted(path for path in (folder / "topics").glob("*.yaml") if not path.name.endswith(CASES))
    return [path.relative_to(folder).as_posix() for path in paths]


def _content(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".yaml", ".json") and path.is_file() and not path.name.endswith(CASES):
            yield path


def _procedures(folder: Path, faults: list[Fault]) -> ProcedureFile | None:
    document = checked_document(folder, "procedures.yaml", "procedures.schema.json", faults)
    return ProcedureReader(document, faults).read() if document else None


def _topics(folder: Path, procedures: ProcedureFile | None, faults: list[Fault]) -> tuple[Topic, ...]:
    read = []
    for file in topic_files(folder):
        document = checked_document(folder, file, "topic.schema.json", faults)
        if document is not None and procedures is not None:
            read.append((document, TopicReader(document, procedures.procedures, faults).read()))
    if not topic_files(folder):
        faults.append(Fault("topics", 0, "", "there is no topic file"))
    faults += faults_between(read)
    return tuple(topic for _, topic in read)


def _value_sets(folder: Path, faults: list[Fault]) -> ValueSets:
    read = []
    for path in sorted((folder / "value-sets").glob("*.json")):
        file = path.relative_to(folder).as_posix()
        read.append(ValueSetReader(file, path.read_text(encoding="utf-8"), faults).read())
    return ValueSets({found.id: found for found in read if found is not None})


def _findings(folder: Path, faults: list[Fault]) -> Findings | None:
    try:
        return load_findings(folder / "findings.yaml")
    except KnowledgeError as error:
        faults += error.faults
    return None


def _record_words(folder: Path, faults: list[Fault]) -> RecordWords:
    try:
        return load_record_words(folder / "record-words.yaml")
    except KnowledgeError as error:
        faults += error.faults
    return RecordWords()


def _breast_words(folder: Path, faults: list[Fault]) -> BreastWords:
    document = checked_document(folder, "breast-words.yaml", "breast-words.schema.json", faults)
    return read_breast_words(document, faults) if document else {}


def _note_words(folder: Path, faults: list[Fault]) -> NoteWords:
    document = checked_document(folder, "note-words.yaml", "note-words.schema.json", faults)
    return read_note_words(document, faults) if document else NoteWords()


def _organ_faults(procedures: ProcedureFile, findings: Findings, value_sets: ValueSets) -> Iterator[Fault]:
    """The other diseases of an organ that a study looks at are told in codes and in words."""
    for study in procedures.procedures.values():
        for organ in study.looks_at:
            place = f"procedures.{study.id}.looks-at"
            if organ not in findings.organ_diseases:
                yield Fault("procedures.yaml", 0, place, f"findings.yaml has no organ-diseases of {organ}")
            if f"disease-of-{organ}" not in value_sets:
                yield Fault("procedures.yaml", 0, place, f"there is no value set disease-of-{organ}")
