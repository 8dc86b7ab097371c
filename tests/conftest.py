"""Which database and bus the tests run on, and what was run on them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.buses import Buses, MemoryBuses, RedisBuses
from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer
from tests.support.tally import COUNTS, tally


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=("sqlite", "postgres"), default="sqlite", help="the database of the tests")
    parser.addoption("--bus", choices=("memory", "redis"), default="memory", help="the bus of the tests")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL for all tests that want one, which they leave running."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """A Redis for all tests that want one, which they leave running."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def buses(request: pytest.FixtureRequest) -> Buses:
    """Buses of the kind that `--bus` names."""
    is_memory = request.config.getoption("--bus") == "memory"
    return MemoryBuses() if is_memory else RedisBuses(request.getfixturevalue("redis"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was counted, when this is one of several processes that share the tests."""
    output: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["counts"] = dict(COUNTS)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what another process counted."""
    for what, number in getattr(node, "workeroutput", {}).get("counts", {}).items():
        tally(what, number)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How many passed and failed, suite by suite."""
    counts = {outcome: _by_suite(terminalreporter.getreports(outcome)) for outcome in ("passed", "failed", "error")}
    suites = sorted(set().union(*counts.values()))
    where = f"on {config.getoption('--store')} and {config.getoption('--bus')}"
    terminalreporter.section(f"suites {where}")
    for suite in suites:
        broken = counts["failed"][suite] + counts["error"][suite]
        terminalreporter.line(f"{counts['passed'][suite]:6} passed {broken:4} failed   {suite}")
    for what, number in sorted(COUNTS.items()):
        terminalreporter.line(f"{number:6} {what}")
    total = sum(counts["passed"].values())
    terminalreporter.line(
        f"{total:6} passed   in all, on {config.getoption('--store')} and {config.getoption('--bus')}"
    )


def _by_suite(reports: list[pytest.TestReport]) -> Counter[str]:
    return Counter("/".join(Path(report.nodeid.partition("::")[0]).parts[:2]) for report in reports)
