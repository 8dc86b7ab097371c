"""The probe holds its tongue over a good origin and catches each rule broken on purpose."""

import pytest
from starlette.types import ASGIApp

from tests.probe.broken_rules import DIED, ENDED, MUTATIONS, SAID, TWO
from tests.probe.mutating import MutatingOrigin
from tests.probe.mutations import Mutation
from tests.probe.show import broken, probe
from tools.probe.rules import RULES


@pytest.mark.parametrize(
    "show",
    [
        {},
        TWO,
        DIED,
        ENDED,
        {"is_stalled": True},
        {"warm_up_s": 1.2, "seconds": 3},
        {"warm_up_s": 3.5, "seconds": 20},
        {"dies_at": 44},
        {"warm_up_s": 14.9, "dies_at": 46},
        {**TWO, "dies_at": 46},
        {**TWO, **SAID, "dies_at": 46},
        {**SAID, **ENDED},
    ],
    ids=str,
)
def test_a_good_origin_breaks_no_rule(show: dict[str, object]) -> None:
    walk = probe(MutatingOrigin, **show)  # type: ignore[arg-type]  # a table of keyword arguments
    assert broken(walk.ledger) == {}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.breaks)
def test_a_broken_rule_is_caught(mutation: Mutation) -> None:
    def wrapped(app: ASGIApp) -> MutatingOrigin:
        return MutatingOrigin(
            app,
            on_request=mutation.on_request() if mutation.on_request else None,
            on_answer=mutation.on_answer() if mutation.on_answer else None,
        )

    walk = probe(wrapped, **mutation.show)
    assert mutation.breaks in broken(walk.ledger)


def test_every_rule_is_broken_once() -> None:
    assert {mutation.breaks for mutation in MUTATIONS} == set(RULES)


def test_on_good_shows_every_rule_is_looked_at() -> None:
    """So that "held" in a report means more than "never seen"; DATERANGEs we do not send yet."""
    looked_at: set[str] = set()
    for show in ({}, TWO, DIED, ENDED, SAID, {"is_stalled": True}):
        findings = probe(MutatingOrigin, **show).ledger.findings()
        looked_at |= {finding.rule.id for finding in findings if finding.checks}
    assert set(RULES) - looked_at == {"list.date-range"}
