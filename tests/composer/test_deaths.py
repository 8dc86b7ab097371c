"""When the next composer starts after the deaths before it."""

import pytest

from onstage.composer.deaths import AFTER_START_S, AFTER_WORK_S, LIMIT, WINDOW_S, WORKED_S, Deaths

START_S = 1.0  # from a start to the first part


def pauses(lives_s: list[float]) -> list[float]:
    """Before each next start, when composers make parts for so long."""
    deaths, now_s, paused_s = Deaths(), 0.0, []
    for life_s in lives_s:
        now_s += START_S + life_s
        deaths.add(now_s, worked_s=life_s)
        paused_s.append(deaths.pause_s(now_s))
        now_s += paused_s[-1]
    return paused_s


@pytest.mark.parametrize(
    ("lives_s", "paused_s"),
    [
        pytest.param([0, 0, 0, 0], [*AFTER_START_S], id="at the start"),
        pytest.param([30] * 20, [0] * 20, id="twice a minute"),
        pytest.param([WORKED_S] * 9, [*AFTER_WORK_S], id="at once after they worked"),
        pytest.param([WORKED_S] * 8 + [WINDOW_S, 2], [*AFTER_WORK_S[:8], 0, 0], id="a minute of steady work"),
        pytest.param([2, 2, 2, 2, 2, 1], [0, 0, 0, 0, 0.5, 0], id="the first at the start"),
    ],
)
def test_the_pause_grows_with_the_deaths_of_the_last_minute(lives_s: list[float], paused_s: list[float]) -> None:
    assert pauses(lives_s) == paused_s


def test_composers_that_always_die_after_work_are_few_a_minute_for_ever() -> None:
    paused_s = pauses([WORKED_S] * 1_000)
    an_hour_s = 20 * WINDOW_S
    assert max(paused_s) == 5
    assert sum(START_S + WORKED_S + one for one in paused_s[9:]) / len(paused_s[9:]) > WINDOW_S / 10
    assert sum(paused_s) > an_hour_s


def test_only_deaths_at_the_start_are_too_many() -> None:
    deaths = Deaths()
    for at_s in range(100):
        deaths.add(at_s, worked_s=WORKED_S)
    for at_s in range(100, 100 + LIMIT - 1):
        deaths.add(at_s, worked_s=0)
    assert not deaths.are_too_many(104)
    deaths.add(105, worked_s=0)
    assert deaths.are_too_many(105)
    assert not deaths.are_too_many(105 + WINDOW_S)
