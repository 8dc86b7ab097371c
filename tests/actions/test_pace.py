"""How fast one person may go on: exactly so fast, in bounded memory."""

from hypothesis import given
from hypothesis import strategies as st

from onstage.actions.pace import Pace


def test_a_burst_and_then_the_rate() -> None:
    pace = Pace(burst=3, per_s=2)
    assert [pace.wait_s("vic", 0) for _ in range(3)] == [0, 0, 0]
    assert pace.wait_s("vic", 0) == 0.5
    assert pace.wait_s("vic", 0.5) == 0
    assert pace.wait_s("vic", 0.6) > 0


def test_who_was_quiet_has_the_whole_burst_again_and_no_more() -> None:
    pace = Pace(burst=3, per_s=2)
    for now in (0.0, 100.0):
        assert [pace.wait_s("vic", now) == 0 for _ in range(4)] == [True, True, True, False]


def test_what_is_refused_does_not_count() -> None:
    pace = Pace(burst=1, per_s=1)
    pace.wait_s("vic", 0)
    for _ in range(100):
        assert pace.wait_s("vic", 0.5) == 0.5
    assert pace.wait_s("vic", 1) == 0


def test_so_many_are_remembered_and_whoever_was_quiet_longest_is_forgotten() -> None:
    pace = Pace(burst=1, per_s=0.001, most_keys=3)
    for key in ("a", "b", "c", "d"):
        assert pace.wait_s(key, 0) == 0
    assert [pace.wait_s(key, 0) > 0 for key in ("d", "c", "b")] == [True, True, True]
    assert pace.wait_s("a", 0) == 0
    assert pace.wait_s("b", 0) == 0


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=60))
def test_in_no_time_more_than_the_burst_and_the_rate_allow(steps: list[float]) -> None:
    pace = Pace(burst=4, per_s=5)
    now, allowed = 0.0, []
    for step in steps:
        now += step
        if pace.wait_s("vic", now) == 0:
            allowed.append(now)
    for first, start in enumerate(allowed):
        for last, end in enumerate(allowed[first:]):
            assert last + 1 <= 4 + (end - start) * 5 + 1e-6
