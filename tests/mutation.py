"""Mutation testing: breaks the code in one small place at a time and looks whether a test notices.

    python -m tests.mutation                     a sample of every module in `SUITES`
    python -m tests.mutation --sample 0          every mutant (hours)
    python -m tests.mutation criteria.matching   only modules so named

A mutant runs against the tests of its suite, and if those pass, against the tests of the whole service in `WHOLE`.
Survivors are looked up in `tests/mutants.yaml`, which gives the reason why each may live; any other makes this fail,
and so does a reason whose mutant is gone.
Why not mutmut: it copies and instruments the whole tree and cannot draw a sample; see docs/testing.md.
"""

import argparse
import ast
import copy
import functools
import importlib.abc
import importlib.util
import os
import random
import re
import signal
import sys
import time
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import warm_mutants

ROOT = Path(__file__).parents[1]
SEED = 20261121
PATIENCE = 30
"""How many times longer than the unbroken code a mutant may take: it may have become a loop without end."""

_CRITERIA = (
    "tests/test_truth.py",
    "tests/criteria/test_conditions.py",
    "tests/criteria/test_matching.py",
    "tests/criteria/test_assess.py",
    "tests/criteria/test_worlds.py",
    "tests/criteria/test_kept_ratings.py",
    "tests/knowledge/test_cases.py",
)
_CARDS = ("tests/cards",)
_TEXTS = (
    "tests/facts/test_understood.py",
    "tests/facts/test_report_suspicions.py",
    "tests/facts/test_written_observations.py",
    "tests/facts/test_cancer_notes.py",
    "tests/facts/test_text_record.py",
)
_PATIENTS = ("tests/black_box",)
_TREATMENTS = ("tests/facts/test_treatment.py", "tests/facts/test_phase.py", *_PATIENTS)
_REPORTS = ("tests/facts/test_report_suspicions.py", "tests/facts/test_text_record.py", *_PATIENTS)
_STAGES = ("tests/facts/test_stage.py", "tests/facts/test_stage_statements.py", *_PATIENTS)
SUITES: dict[str, tuple[str, ...]] = {
    "truth": _CRITERIA,
    "judged_lately": ("tests/test_judged_lately.py",),
    "criteria.matching": _CRITERIA,
    "criteria.worlds": _CRITERIA,
    "criteria.conditions": _CRITERIA,
    "criteria.assess": _CRITERIA,
    "criteria.orders": ("tests/criteria/test_orders.py",),
    "facts.staging": ("tests/facts/test_staging.py", "tests/facts/test_stage.py"),
    "facts.stage": ("tests/facts/test_stage.py", "tests/facts/test_stage_statements.py"),
    "facts.stage_marks": _STAGES,
    "facts.text_staging": ("tests/facts/test_text_staging.py", *_STAGES),
    "facts.text_recurrence": ("tests/facts/test_text_recurrence.py", *_PATIENTS),
    "facts.given_symptoms": ("tests/facts/test_metastasis.py", *_PATIENTS),
    "facts.advice": ("tests/facts/test_advice.py",),
    "facts.entry_evidence": ("tests/facts/test_entry_evidence.py", "tests/facts/test_given_for.py", *_PATIENTS),
    "facts.observations": ("tests/facts/test_observations.py",),
    "facts.vital_values": ("tests/facts/test_vital_values.py", *_PATIENTS),
    "facts.named_findings": ("tests/facts/test_named_findings.py", *_PATIENTS),
    "facts.clinic_notes": ("tests/facts/test_clinic_notes.py", *_PATIENTS),
    "facts.relapse_words": ("tests/facts/test_relapse_words.py", *_PATIENTS),
    "facts.order_notes": ("tests/facts/test_order_notes.py", *_PATIENTS),
    "facts.axilla_imaging": ("tests/facts/test_axilla_imaging.py", "tests/facts/test_nodes.py", *_PATIENTS),
    "facts.phase": ("tests/facts/test_phase.py", *_PATIENTS),
    "facts.neoadjuvant": ("tests/facts/test_phase.py", *_PATIENTS),
    "facts.follow_up": ("tests/facts/test_phase.py", *_PATIENTS),
    "facts.record_suspicions": ("tests/facts/test_metastasis.py", "tests/facts/test_rare_records.py"),
    "facts.metastasis": ("tests/facts/test_metastasis.py",),
    "facts.strange_results": ("tests/facts/test_strange_results.py", *_PATIENTS),
    "facts.result_levels": ("tests/facts/test_blood_results.py", "tests/facts/test_metastasis.py", *_PATIENTS),
    "facts.laboratory": (
        "tests/facts/test_metastasis.py",
        "tests/facts/test_calcium.py",
        "tests/facts/test_blood_results.py",
        *_PATIENTS,
    ),
    "facts.question": ("tests/facts/test_question.py",),
    "facts.reasons": ("tests/facts/test_reasons.py", "tests/facts/test_question.py"),
    "facts.report_suspicions": _REPORTS,
    "facts.breast_suspicions": _REPORTS,
    "facts.elsewhere_suspicions": _REPORTS,
    "facts.reported": _REPORTS,
    "facts.written_observations": ("tests/facts/test_written_observations.py", "tests/facts/test_text_record.py"),
    "facts.conclusions": ("tests/facts/test_conclusions.py", *_TEXTS),
    "facts.understood": _TEXTS,
    "facts.known_phrases": _TEXTS,
    "facts.settled_mentions": _TEXTS,
    "facts.covered_words": _TEXTS,
    "facts.advanced": ("tests/facts/test_advanced.py",),
    "facts.breast_reports": ("tests/facts/test_breast_reports.py", "tests/facts/test_breast_open.py"),
    "facts.breast_studies": ("tests/facts/test_breast_reports.py",),
    "facts.breast_open": ("tests/facts/test_breast_open.py", "tests/facts/test_breast_reports.py"),
    "facts.breast_statements": ("tests/facts/test_breast_open.py",),
    "facts.breast_signs": ("tests/facts/test_breast_signs.py",),
    "facts.breast_denial": ("tests/facts/test_breast_signs.py",),
    "facts.breast_counts": ("tests/facts/test_breast_signs.py",),
    "knowledge.breast_words": ("tests/knowledge/test_breast_words.py", "tests/facts/test_breast_signs.py"),
    "knowledge.word_lists": ("tests/knowledge/test_breast_words.py", "tests/knowledge/test_note_words.py"),
    "knowledge.note_words": ("tests/knowledge/test_note_words.py",),
    "knowledge.word_patterns": ("tests/knowledge/test_word_patterns.py",),
    "facts.cancer_notes": (
        "tests/facts/test_cancer_notes.py",
        "tests/facts/test_attached_texts.py",
        "tests/facts/test_report_suspicions.py",
        "tests/facts/test_text_record.py",
    ),
    "facts.plan_suspicions": ("tests/facts/test_plan_suspicions.py", "tests/facts/test_told_in_notes.py", *_PATIENTS),
    "facts.told_in_notes": ("tests/facts/test_told_in_notes.py", *_PATIENTS),
    "facts.telling_procedures": ("tests/facts/test_telling_procedures.py", *_PATIENTS),
    "facts.given_for": ("tests/facts/test_given_for.py",),
    "facts.attached_texts": ("tests/facts/test_attached_texts.py", "tests/facts/test_hostile_notes.py", *_PATIENTS),
    "facts.whole_reports": ("tests/facts/test_whole_reports.py", "tests/facts/test_attached_texts.py", *_PATIENTS),
    "facts.report_frame": ("tests/facts/test_report_frame.py", *_PATIENTS),
    "facts.text_abbreviations": ("tests/facts/test_text_abbreviations.py", *_PATIENTS),
    "facts.measurements": ("tests/facts/test_measurements.py", "tests/facts/test_parts.py", *_PATIENTS),
    "facts.breast_pending": ("tests/facts/test_breast_pending.py", *_PATIENTS),
    "facts.entry_suspicions": ("tests/facts/test_metastasis.py", "tests/facts/test_entries.py", *_PATIENTS),
    "facts.lab_values": ("tests/facts/test_lab_values.py", *_PATIENTS),
    "facts.breast_elsewhere": ("tests/facts/test_breast_samples.py", *_PATIENTS),
    "facts.breast_node_samples": ("tests/facts/test_breast_samples.py", *_PATIENTS),
    "facts.breast_understood": ("tests/facts/test_breast_open.py", "tests/facts/test_breast_samples.py", *_PATIENTS),
    "facts.breast_sides": ("tests/facts/test_breast_open.py",),
    "facts.report_names": ("tests/facts/test_report_names.py",),
    "facts.no_cancer": ("tests/facts/test_no_cancer.py", *_PATIENTS),
    "facts.order_says": ("tests/facts/test_phase.py", *_PATIENTS),
    "facts.blood_results": ("tests/facts/test_blood_results.py", *_PATIENTS),
    "facts.beside": ("tests/facts/test_beside.py",),
    "facts.referred": ("tests/facts/test_referred.py",),
    "facts.upstaging": ("tests/facts/test_stage.py",),
    "facts.opened": ("tests/facts/test_opened.py",),
    "facts.histology": ("tests/facts/test_diagnoses.py",),
    "facts.diagnoses": ("tests/facts/test_diagnoses.py", "tests/facts/test_given_for.py", "tests/facts/test_beside.py"),
    "facts.treatment": _TREATMENTS,
    "facts.given_treatment": _TREATMENTS,
    "facts.told_treatment": _TREATMENTS,
    "facts.contrast_safety": ("tests/facts/test_contrast_safety.py",),
    "facts.filtration": ("tests/facts/test_contrast_safety.py",),
    "cards.build": _CARDS,
    "cards.rated": _CARDS,
    "cards.alternatives": _CARDS,
    "cards.exclusions": _CARDS,
    "cards.asking": _CARDS,
    "cards.detail": _CARDS,
}
"""What is mutated, and the tests that speak of it."""

WHOLE = (
    "tests/test_fixtures.py",
    "tests/test_edge_cases.py",
    "tests/test_real_records.py",
    "tests/properties",
    "tests/facts/test_text_reasons.py",
)
"""The tests of the whole service, which a mutant meets when its own let it pass."""

_SWAPS: dict[type[Any], type[Any]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Break: ast.Continue, ast.Continue: ast.Break,
}  # fmt: skip
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min", "all_of": "any_of", "any_of": "all_of"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One broken place: the module, the line and function, the code before and after, and the broken source."""

    module: str
    line: int
    function: str
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """How it is listed: without the line, which moves."""
        return f"{self.module}.{self.function}: {self.before} -> {self.after}"


# --- making them ------------------------------------------------------------------------------------------------------
def mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text."""
    tree = ast.parse(_path(module).read_text(encoding="utf-8"))
    seen = {ast.unparse(tree)}
    for path, function in list(_places(tree, (), "")):
        for number in range(_changes_at(_at(tree, path))):
            broken = copy.deepcopy(tree)
            holder, place = _at(broken, path[:-1]), path[-1]
            node = _at(broken, path)
            changed = _changed(node, number)
            _put(holder, place, changed)
            source = ast.unparse(ast.fix_missing_locations(broken))
            if source not in seen:  # "if not x is y" and "if x is not y" are one
                seen.add(source)
                shown = {"before": _shown(node), "after": _shown(changed)}
                yield Mutant(module=module, line=node.lineno, function=function or "module", source=source, **shown)


def _path(module: str) -> Path:
    return ROOT / "cds_service" / f"{module.replace('.', '/')}.py"


Place = tuple[str, int | None]


def _places(node: ast.AST, path: tuple[Place, ...], function: str) -> Iterator[tuple[tuple[Place, ...], str]]:
    """Every node that may be broken: no docstring, annotation or decorator."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params", "bases"):
            continue
        for index, each in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(each, ast.AST) or isinstance(each, ast.Import | ast.ImportFrom | ast.JoinedStr):
                continue
            if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
                continue
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Subscript):
                continue  # the name of a type
            inside = each.name if isinstance(each, ast.FunctionDef | ast.ClassDef) else function
            here = (*path, (name, index))
            if isinstance(each, ast.expr | ast.stmt):
                yield here, inside
            yield from _places(each, here, inside)


def _at(tree: ast.AST, path: tuple[Place, ...]) -> Any:
    node: Any = tree
    for name, index in path:
        value = getattr(node, name)
        node = value if index is None else value[index]
    return node


def _put(holder: Any, place: Place, node: ast.AST) -> None:
    name, index = place
    if index is None:
        setattr(holder, name, node)
    else:
        getattr(holder, name)[index] = node


def _changes_at(node: ast.AST) -> int:
    """How many ways there are to break this node."""
    match node:
        case ast.Compare(ops=ops):
            return sum(type(op) in _SWAPS for op in ops)
        case ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.IfExp() | ast.If() | ast.Break() | ast.Continue():
            return 1
        case ast.BinOp(op=op):
            return int(type(op) in _SWAPS)
        case ast.Constant(value=bool() | int() | float() | str()):
            return 1
        case ast.Return(value=value):
            return int(value is not None and not (isinstance(value, ast.Constant) and value.value is None))
        case ast.Call(func=ast.Name(id=name)):
            return int(name in _CALLS)
        case ast.Set(elts=elements) | ast.Tuple(elts=elements, ctx=ast.Load()):
            return len(elements) if len(elements) > 1 else 0
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            return sum(len(each.ifs) for each in node.generators)
    return 0


def _changed(node: Any, number: int) -> ast.AST:
    node = copy.deepcopy(node)
    match node:
        case ast.Compare():
            node.ops[number] = _SWAPS[type(node.ops[number])]()
        case ast.BoolOp() | ast.BinOp():
            node.op = _SWAPS[type(node.op)]()
        case ast.UnaryOp():
            return node.operand
        case ast.IfExp() | ast.If():
            node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
        case ast.Break() | ast.Continue():
            return _SWAPS[type(node)]()
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=str()):
            node.value = f"X{node.value}"
        case ast.Constant():
            node.value += 1
        case ast.Return():
            node.value = ast.Constant(None)
        case ast.Call():
            node.func.id = _CALLS[node.func.id]
        case ast.Set() | ast.Tuple():
            del node.elts[number]
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            conditions = [(each, index) for each in node.generators for index in range(len(each.ifs))]
            each, index = conditions[number]
            del each.ifs[index]
    return node


def _shown(node: ast.AST) -> str:
    """A node on one line; of an `if`, only its condition."""
    text = f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else ast.unparse(node)
    return " ".join(text.split())[:160]


# --- running them -----------------------------------------------------------------------------------------------------
class _Broken(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Loads one module from a broken source."""

    def __init__(self, mutant: Mutant) -> None:
        self._name, self._source = f"cds_service.{mutant.module}", mutant.source
        self._file = str(_path(mutant.module))

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._file, loader=self)

    def get_filename(self, fullname: str) -> str:
        return self._file

    def get_data(self, path: str) -> bytes:
        if path != self._file:
            raise OSError(path)  # no byte code of the whole source
        return self._source.encode()


def notices(mutant: Mutant | None, tests: Sequence[str], seconds: float) -> bool:
    """Whether a test fails, or all of them take more than so many seconds, in a process of its own."""
    child = os.fork()
    if child == 0:
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # loading them takes longer than most tests
        sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        os.dup2(sys.stdout.fileno(), 1)
        os.dup2(sys.stdout.fileno(), 2)
        if mutant is not None:
            sys.meta_path.insert(0, _Broken(mutant))
        os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])) != 0)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def survivors(drawn: Sequence[Mutant], tests: Sequence[str]) -> list[Mutant]:
    """The mutants that these tests let pass, each in a process that loads the broken module."""
    if not drawn:
        return []
    seconds = PATIENCE + PATIENCE * _unbroken(tests)
    return [each for each in drawn if not notices(each, tests, seconds)]


def survivors_of_swaps(module: str, drawn: Sequence[Mutant], tests: Sequence[str]) -> list[Mutant]:
    """The same, some ten times faster: in forks of one process that has loaded everything (`tests.warm_mutants`)."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        _load_once()
        loaded = importlib.import_module(f"cds_service.{module}")
        alive, left = warm_mutants.alive(loaded, [(each.line, each.source) for each in drawn], tests, PATIENCE)
        os.write(write, repr((alive, left)).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="ascii") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    if not told:
        raise SystemExit(f"the tests of {module} could not be run")
    alive, left = ast.literal_eval(told)
    slowly = survivors([drawn[place] for place in left], tests)
    return sorted([*(drawn[place] for place in alive), *slowly], key=lambda mutant: mutant.line)


def _load_once() -> None:
    """Every application that a test makes of the shipped knowledge gets the same."""
    load = importlib.import_module("cds_service.knowledge.load")
    load.load_knowledge = functools.cache(load.load_knowledge)
    load.load_knowledge(ROOT / "knowledge")


def _unbroken(tests: Sequence[str]) -> float:
    """How long the tests take where nothing is broken; they must pass."""
    began = time.monotonic()
    if notices(None, tests, float("inf")):
        raise SystemExit(f"these tests fail as it is: {' '.join(tests)}")
    return time.monotonic() - began


def _excused() -> dict[str, str]:
    """Survivors that may live, each with its reason."""
    found = yaml.safe_load((ROOT / "tests" / "mutants.yaml").read_text(encoding="utf-8"))
    return {each["mutant"]: each["why"] for each in found}


def main(arguments: Sequence[str]) -> int:
    """Runs, prints a table, and says how many unexplained survivors there are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", choices=[[], *SUITES], help="modules below cds_service; all if none")
    parser.add_argument("--sample", type=int, default=40, help="mutants of each module, 0 for all of them")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--quick", action="store_true", help="without the tests of the whole service")
    options = parser.parse_args(arguments)
    excused, unexplained, stale, rows = _excused(), 0, 0, []
    for module in options.modules or SUITES:
        every = list(mutants(module))
        drawn = random.Random(f"{options.seed}/{module}").sample(every, min(options.sample or len(every), len(every)))
        swapped = not module.startswith("knowledge.")  # knowledge that is loaded once would not be read by the mutant
        alive = survivors_of_swaps(module, drawn, SUITES[module]) if swapped else survivors(drawn, SUITES[module])
        alive = alive if options.quick else survivors(alive, WHOLE)
        known = [each for each in alive if each.name in excused]
        unexplained += len(alive) - len(known)
        rows.append((module, len(every), len(drawn), len(drawn) - len(alive), len(known)))
        print("{:22} {:5} mutants, {:4} tried, {:4} noticed, {:3} excused".format(*rows[-1]), flush=True)
        for each in alive:
            print(f"  line {each.line}: {each.name}" + (" (excused)" if each in known else ""), flush=True)
        for name in _of_nothing(module, excused, {each.name for each in every}):
            stale += 1
            print(f"  an excuse of code that is gone: {name}", flush=True)
    tried, noticed = sum(row[2] for row in rows), sum(row[3] for row in rows)
    print(f"score {noticed}/{tried} = {100 * noticed / tried:.1f} %", end="; ")
    print(f"survivors without a reason: {unexplained}, reasons without a mutant: {stale}")
    return int(unexplained + stale > 0)


def _of_nothing(module: str, excused: Iterable[str], names: Container[str]) -> list[str]:
    """The excuses for mutants of a module that there are no longer."""
    mine = re.compile(re.escape(module) + r"\.\w+: ")
    return [name for name in excused if mine.match(name) and name not in names]


if __name__ == "__main__":
    # What every child needs and nobody breaks is loaded once; not the service itself.
    for library in (
        "flask",
        "sqlalchemy",
        "msgspec",
        "fhir.resources.R4B",
        "yaml",
        "jsonschema",
        "requests",
    ):
        importlib.import_module(library)
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
