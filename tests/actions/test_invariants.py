"""What the source must never do, read from the source itself (ARCHITECTURE.md, invariants 1 and 2)."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from onstage.errors import ErrorCode
from onstage.events import EVENTS
from tests.support.later import LATER
from tools.generators.__main__ import documents, stale

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "python" / "onstage"
# Keys of requests are no state of the house: who keeps them is the door that honours them, and the timer.
_KEEPS_KEYS = {"api/idempotency.py", "jobs/timers.py"}


@cache
def modules() -> list[tuple[str, ast.Module]]:
    paths = sorted(SOURCE.rglob("*.py"))
    return [(str(path.relative_to(SOURCE)), ast.parse(path.read_text())) for path in paths]


@cache
def text_of_tests() -> str:
    """The text of every test but this one."""
    paths = [path for folder in ("tests", "e2e") for path in (ROOT / folder).rglob("*.py")]
    return "\n".join(path.read_text() for path in paths if path != Path(__file__))


def calls(tree: ast.Module) -> Iterator[str]:
    """The dotted name of everything that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_only_actions_write() -> None:
    writers = {
        name
        for name, tree in modules()
        if not name.startswith(("actions/", "store/"))
        and any(call.endswith(("database.begin", "_database.begin")) for call in calls(tree))
    }
    assert writers <= _KEEPS_KEYS


def test_only_actions_emit_events_that_have_a_row() -> None:
    for name, tree in modules():
        if not name.startswith("actions/"):
            assert "emit" not in calls(tree), name
            assert "events.add" not in calls(tree), name


def test_events_get_their_row_through_one_door() -> None:
    doors = [name for name, tree in modules() if "events.add" in calls(tree)]
    assert doors == ["actions/emit.py"]


def test_time_comes_in_through_the_clock() -> None:
    """Invariant 7: nobody else asks the machine, but for children and what runs in other processes."""
    allowed = ("clock.py", "cli/", "client/", "composer/", "children.py")
    for name, tree in modules():
        if not name.startswith(allowed):
            asked = {call for call in calls(tree) if re.fullmatch(r"(time\.\w+|datetime\.(now|utcnow))", call)}
            assert asked == set(), name


def test_every_event_is_emitted_somewhere() -> None:
    made = {call for _, tree in modules() for call in calls(tree)}
    text = "\n".join(path.read_text() for path in SOURCE.rglob("*.py") if "events" not in path.parts)
    for name, event in EVENTS.items():
        if name not in LATER:
            used = event.__name__ in made or len(re.findall(rf"\b{event.__name__}\b", text)) >= 2
            assert used, f"{name} is never emitted"


@pytest.mark.parametrize("code", ErrorCode, ids=lambda code: code.code)
def test_every_error_is_raised_somewhere(code: ErrorCode) -> None:
    assert code in raised(), f"nothing raises {code.code}: it should not be in the table"


@cache
def raised() -> set[ErrorCode]:
    """Codes that are used, other than in the lists of what a route may answer."""
    trees = [tree for name, tree in modules() if name != "errors.py"]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return {ErrorCode[node.attr] for node in nodes if isinstance(node.value, ast.Name) and node.value.id == "ErrorCode"}


@pytest.mark.parametrize("code", ErrorCode, ids=lambda code: code.code)
def test_every_error_has_a_test(code: ErrorCode) -> None:
    assert f"ErrorCode.{code.name}" in text_of_tests() or f'"{code.code}"' in text_of_tests()


def test_generated_documents_are_fresh() -> None:
    """`make lint` says it too; here so that whoever changes a view hears of it at once."""
    assert stale(documents()) == []
