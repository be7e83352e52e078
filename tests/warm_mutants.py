"""Runs many mutants in one warm process: each in a fork that has imports, knowledge and tests already loaded.

A fork swaps the code of the one function that is broken, or rebinds the one constant, and runs only those tests that
reach the place; those that noticed other mutants of the module come first. What cannot be swapped so (the body of a
class, a closure) is left to `tests.mutation.notices`, which loads the broken module anew.
"""

import ast
import contextlib
import functools
import inspect
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest


class CannotSwap(Exception):
    """The broken place is not within a function or a constant of its module."""


def alive(
    module: ModuleType, sources: Sequence[tuple[int, str]], tests: Sequence[str], patience: float
) -> tuple[list[int], list[int]]:
    """Which of these mutants live, and which could not be tried so, by their places in `sources` (line and source).

    Raises `SystemExit` where the tests fail unbroken.
    """
    runner = _Runner(module, sources, patience)
    status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests], plugins=[runner])
    if status != pytest.ExitCode.OK or runner.failed_unbroken:
        raise SystemExit(f"these tests fail as it is: {' '.join(tests)}")
    return runner.alive, runner.left


class _Runner:
    """A plugin in place of pytest's own loop."""

    def __init__(self, module: ModuleType, sources: Sequence[tuple[int, str]], patience: float) -> None:
        self._module, self._sources, self._patience = module, sources, patience
        self.alive: list[int] = []
        self.left: list[int] = []
        self.failed_unbroken = False
        self._killers: Counter[int] = Counter()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        reach, seconds = self._reach(session)
        if reach is None:
            self.failed_unbroken = True
            return True
        for place, (line, source) in enumerate(self._sources):
            reaching = _reaching(reach, _lines_of(self._module, line))
            chosen = sorted(reaching, key=lambda index: (-self._killers[index], index))
            items = [session.items[index] for index in chosen]
            try:
                swap = swapping(self._module, source)
            except CannotSwap:
                self.left.append(place)
                continue
            noticed = _in_fork(functools.partial(_run, items, swap), self._patience + 2 * seconds)
            if noticed is None:
                self.alive.append(place)
            elif 0 <= noticed < len(chosen):
                self._killers[chosen[noticed]] += 1
        return True

    def _reach(self, session: pytest.Session) -> tuple[list[set[int]] | None, float]:
        """The lines of the module that each test takes; None where one fails unbroken."""
        began, (read, write) = time.monotonic(), os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            told = _traced(session.items, self._module.__file__ or "")
            with os.fdopen(write, "w", encoding="ascii") as pipe:
                pipe.write("failed" if told is None else "\n".join(" ".join(map(str, each)) for each in told))
            os._exit(0)
        os.close(write)
        with os.fdopen(read, encoding="ascii") as pipe:
            text = pipe.read()
        os.waitpid(child, 0)
        if text == "failed" or not session.items:
            return None, 0
        return [{int(line) for line in each.split()} for each in text.split("\n")], time.monotonic() - began


# --- running --------------------------------------------------------------------------------------
def _in_fork(run: Callable[[], int | None], seconds: float) -> int | None:
    """What it gives (a number under 255, or None), and 254 where it takes longer than so many seconds."""
    child = os.fork()
    if child == 0:
        try:
            found = run()
        except BaseException:
            os._exit(254)
        os._exit(255 if found is None else min(found, 254))
    until, pause = time.monotonic() + seconds, 0.001
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return None if code == 255 else abs(code)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 254


def _run(items: Sequence[pytest.Item], swap: Callable[[], None]) -> int | None:
    """The place of the first test that fails; None if all pass."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        swap()
        for place, passed in enumerate(_passing(items)):
            if not passed:
                return place
    return None


def _passing(items: Sequence[pytest.Item]) -> Iterator[bool]:
    from _pytest.runner import runtestprotocol  # pytest has no public way to run one test

    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        yield not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def _traced(items: Sequence[pytest.Item], file: str) -> list[set[int]] | None:
    lines: set[int] = set()

    def of_call(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename != file:
            return None
        lines.add(frame.f_lineno)
        return of_line

    def of_line(frame: FrameType, event: str, argument: Any) -> Any:
        lines.add(frame.f_lineno)
        return of_line

    found = []
    sys.settrace(of_call)
    threading.settrace(of_call)
    try:
        for passed in _passing(items):
            if not passed:
                return None
            found.append(set(lines))
            lines.clear()
            _forget_meanings()
    finally:
        sys.settrace(None)
    return found


def _forget_meanings() -> None:
    """So that each test finds out for itself what a text means, and is seen to."""
    from cds_service.memory import Memory

    for memory in _memories(Memory):
        memory._meanings.clear()
    for name, module in sys.modules.items():
        if name.startswith("cds_service.facts."):
            for value in vars(module).values():
                with contextlib.suppress(AttributeError):
                    value.cache_clear()


@functools.cache
def _memories(kind: type[Any]) -> list[Any]:
    import gc

    return [each for each in gc.get_objects() if isinstance(each, kind)]


# --- where a mutant is ----------------------------------------------------------------------------
def _reaching(reach: Iterable[set[int]], lines: set[int] | None) -> list[int]:
    """The tests that take one of these lines; of a constant, those that take any line of the module."""
    return [index for index, taken in enumerate(reach) if (taken if lines is None else taken & lines)]


def _lines_of(module: ModuleType, line: int) -> set[int] | None:
    """The lines of the innermost statement around a line; None outside functions."""
    found = None
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or node.lineno):
            for each in ast.walk(node):
                if isinstance(each, ast.stmt) and each.lineno <= line <= (each.end_lineno or each.lineno):
                    last = each.body[0].lineno - 1 if _holds_statements(each) else each.end_lineno
                    span = set(range(each.lineno, max(last or 0, each.lineno) + 1))
                    if line in span and (found is None or len(span) <= len(found)):
                        found = span
    return found


def _holds_statements(node: Any) -> bool:
    return isinstance(getattr(node, "body", None), list)


# --- swapping -------------------------------------------------------------------------------------
def swapping(module: ModuleType, source: str) -> Callable[[], None]:
    """What puts a broken source in the place of the loaded module's; only one statement of the two may differ."""
    whole = ast.parse(ast.unparse(ast.parse(inspect.getsource(module))))
    broken = ast.parse(source)
    differing = [
        (place, new)
        for place, (old, new) in enumerate(zip(whole.body, broken.body, strict=True))
        if ast.dump(old) != ast.dump(new)
    ]
    if len(differing) != 1:
        raise CannotSwap
    [(place, statement)] = differing
    match statement:
        case ast.FunctionDef(name=name):
            return _swapped(getattr(module, name), _code(statement, module, name))
        case ast.ClassDef(name=name):
            return _method(module, whole.body[place], statement, name)
        case _:
            rest = [each for each in broken.body[place:] if not isinstance(each, ast.FunctionDef | ast.ClassDef)]
            return functools.partial(_rebind, module, rest)


def _method(module: ModuleType, old: Any, new: ast.ClassDef, name: str) -> Callable[[], None]:
    changed = [each for was, each in zip(old.body, new.body, strict=True) if ast.dump(was) != ast.dump(each)]
    if len(changed) != 1 or not isinstance(changed[0], ast.FunctionDef):
        raise CannotSwap
    holder = vars(getattr(module, name))[changed[0].name]
    for inner in ("fget", "func", "__func__"):
        holder = getattr(holder, inner, None) or holder
    return _swapped(holder, _code(changed[0], module, changed[0].name))


def _code(statement: ast.FunctionDef, module: ModuleType, name: str) -> FunctionType:
    bare = ast.FunctionDef(**{**dict(ast.iter_fields(statement)), "decorator_list": []})
    space = dict(vars(module))
    exec(_compiled([ast.copy_location(bare, statement)], module), space)
    made: FunctionType = space[name]
    return made


def _swapped(old: Any, new: FunctionType) -> Callable[[], None]:
    old = inspect.unwrap(old)
    if not isinstance(old, FunctionType) or old.__code__.co_freevars != new.__code__.co_freevars:
        raise CannotSwap

    def swap() -> None:
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__

    return swap


def _rebind(module: ModuleType, statements: list[ast.stmt]) -> None:
    """Runs them again from the broken one on, and hands what came of them to all modules that hold the old."""
    space = dict(vars(module))
    exec(_compiled(statements, module), space)
    for name, old in list(vars(module).items()):
        if space[name] is not old and not name.startswith("__"):
            for other in [each for key, each in sys.modules.items() if key.startswith("cds_service")]:
                for held, value in list(vars(other).items()):
                    if value is old:
                        setattr(other, held, space[name])


def _compiled(statements: list[ast.stmt], module: ModuleType) -> CodeType:
    tree = ast.fix_missing_locations(ast.Module(body=statements, type_ignores=[]))
    return compile(tree, module.__file__ or module.__name__, "exec")
