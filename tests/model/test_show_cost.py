"""What a show is reckoned to take of the machine."""

import pytest

from onstage.model.show_cost import cores_of


@pytest.mark.parametrize(
    ("lines", "rungs", "cores"),
    [(360, 1, 0.3), (480, 1, 0.35), (720, 1, 0.5), (720, 3, 0.75), (1080, 1, 1.0), (600, 1, 0.5), (2160, 1, 4.0)],
)
def test_it_grows_with_lines_and_rungs(lines: int, rungs: int, cores: float) -> None:
    assert cores_of(lines, rungs=rungs) == pytest.approx(cores)
