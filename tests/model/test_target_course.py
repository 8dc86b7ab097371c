"""When a live target is tried again, and when it is given up: a table of what happens to it, and what follows."""

import pytest

from onstage.model.outputs import OutputReason, OutputStatus, OutputTrouble
from onstage.model.target_course import GIVE_UP_AFTER_S, PAUSES_S, SETTLED_AFTER_S, TargetCourse

LOST, REFUSED, CLOSED = (OutputReason(OutputTrouble(one)) for one in ("lost", "refused", "closed"))
AWAY, UNREADABLE = (OutputReason(OutputTrouble(one)) for one in ("unreachable", "unreadable"))
FED = None

# What happens (None: it is fed), each a second after the one before, and where the target is then.
COURSES: list[tuple[str, list[OutputReason | None], list[str]]] = [
    ("is fed", [FED], ["live"]),
    ("is away at first", [AWAY, AWAY, FED], ["connecting", "connecting", "live"]),
    ("is lost and comes back", [FED, LOST, AWAY, FED], ["live", "reconnecting", "reconnecting", "live"]),
    ("refuses at once", [REFUSED], ["failed"]),
    (
        "refuses when it is back, for it still has the old stream",
        [FED, LOST, REFUSED, FED],
        ["live"] + 2 * ["reconnecting"] + ["live"],
    ),
    ("hangs up again and again", [CLOSED, CLOSED, CLOSED], ["connecting", "connecting", "failed"]),
    ("hangs up now and then", [CLOSED, CLOSED, AWAY, CLOSED], 4 * ["connecting"]),
    ("hangs up after it was fed", [FED, CLOSED, CLOSED, CLOSED], ["live"] + 3 * ["reconnecting"]),
    ("has a key that can't be read", [UNREADABLE], ["failed"]),
]


@pytest.mark.parametrize(("happens", "follows"), [row[1:] for row in COURSES], ids=[row[0] for row in COURSES])
def test_a_target(happens: list[OutputReason | None], follows: list[str]) -> None:
    course = TargetCourse()
    steps = [
        course.fed(at_s) if reason is None else course.failed(reason, at_s, jitter=0)
        for at_s, reason in enumerate(happens)
    ]
    assert [step.status.value for step in steps] == follows
    assert [step.reason for step in steps] == happens
    for step in steps:
        is_tried_again = step.status in (OutputStatus.CONNECTING, OutputStatus.RECONNECTING)
        assert (step.pause_s is not None) == is_tried_again


def test_pauses_grow_to_half_a_minute_and_begin_anew_after_a_good_while() -> None:
    course = TargetCourse()
    course.fed(0)
    assert [course.failed(LOST, at_s, jitter=0).pause_s for at_s in range(20, 28)] == [*PAUSES_S, 30.0, 30.0]
    course.fed(100)
    assert course.failed(LOST, 100 + SETTLED_AFTER_S - 1, jitter=0).pause_s == 30.0
    course.fed(200)
    assert course.failed(LOST, 200 + SETTLED_AFTER_S, jitter=0).pause_s == 1.0


def test_pauses_are_spread() -> None:
    pauses = [TargetCourse().failed(AWAY, 0, jitter=jitter).pause_s for jitter in (-1, 0, 1)]
    assert pauses == [pytest.approx(0.8), 1.0, pytest.approx(1.2)]


def test_it_is_given_up_after_ten_minutes_without_a_good_while() -> None:
    course = TargetCourse()
    course.fed(0)
    course.failed(LOST, 100, jitter=0)
    for at_s in range(101, 100 + int(GIVE_UP_AFTER_S), 9):  # fed in between, but never for long
        course.fed(at_s)
        assert course.failed(LOST, at_s + 5, jitter=0).status is not OutputStatus.FAILED or at_s + 5 >= 700
    assert course.failed(LOST, 100 + GIVE_UP_AFTER_S, jitter=0).status is OutputStatus.FAILED


def test_a_composer_that_was_started_anew_is_no_failure_of_the_targets() -> None:
    course = TargetCourse()
    course.restarted(had_been_fed=True)
    assert course.failed(REFUSED, 1, jitter=0).status is OutputStatus.RECONNECTING
