from onstage.cli.demo.verdict import judge
from onstage.cli.demo.viewer import Reading


def readings(rates: list[float], age_ms: int | None = 1800) -> list[Reading]:
    """One reading a second, with so many pictures since the last."""
    decoded, made = 10.0, [Reading(0.0, 10, age_ms)]
    for index, rate in enumerate(rates, 1):
        decoded += rate
        made.append(Reading(index * 1000.0, int(decoded), age_ms))
    return made


def test_a_steady_show_is_good_and_its_latency_is_told() -> None:
    verdict = judge(readings([30.0] * 50))
    assert verdict.is_good
    assert verdict.glass_to_glass_p50_ms == 1800
    assert verdict.seconds == 50.0


def test_one_bad_second_in_ten_is_the_most_a_good_show_has() -> None:
    assert judge(readings([30.0] * 45 + [10.0] * 5)).is_good
    assert not judge(readings([30.0] * 44 + [10.0] * 6)).is_good


def test_a_show_without_pictures_is_bad() -> None:
    assert not judge([]).is_good
    assert not judge([Reading(0.0, 0, None), Reading(1000.0, 0, None)]).is_good


def test_a_show_whose_clock_cannot_be_read_is_bad() -> None:
    assert not judge(readings([30.0] * 50, age_ms=None)).is_good


def test_seconds_before_the_first_picture_do_not_count() -> None:
    waiting = [Reading(-5000.0, 0, None), Reading(-4000.0, 0, None)]
    assert judge(waiting + readings([30.0] * 50)).is_good
