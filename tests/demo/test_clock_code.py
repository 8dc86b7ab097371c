from io import BytesIO

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstage.cli.demo import clock_code
from onstage.cli.demo.people import ON_STAGE
from onstage.cli.demo.person import ASPECT, HEIGHT, WIDTH, Painter
from onstage.cli.demo.viewer import code_places
from onstage.composer.tiles import Rect
from onstage.composer.wire import Canvas

TIMES = st.floats(min_value=0, max_value=2e9)


def luma_of(frame: np.ndarray) -> np.ndarray:
    return frame[: WIDTH * HEIGHT].reshape(HEIGHT, WIDTH)


@given(TIMES)
def test_the_code_read_is_the_time_drawn(time_s: float) -> None:
    luma = np.full((HEIGHT, WIDTH), 128, np.uint8)
    clock_code.draw(luma, time_s)
    assert clock_code.read(luma, x=0, y=0, width=WIDTH, height=HEIGHT) == clock_code.milliseconds(time_s)


@given(TIMES, st.integers(min_value=0, max_value=1_000_000))
def test_the_age_is_right_also_when_the_code_begins_anew(time_s: float, age_ms: int) -> None:
    code = clock_code.milliseconds(time_s)
    assert abs(clock_code.age_ms(code, time_s + age_ms / 1000) - age_ms) <= 1


def test_a_picture_without_a_code_has_no_time() -> None:
    noise = np.random.default_rng(7).integers(0, 256, (HEIGHT, WIDTH), np.uint8)
    assert clock_code.read(noise, x=0, y=0, width=WIDTH, height=HEIGHT) is None


@pytest.mark.parametrize("tile", [Rect(0, 0, 1280, 720), Rect(12, 127, 622, 466), Rect(652, 12, 616, 346)])
def test_the_code_survives_scaling_cutting_and_encoding(tile: Rect) -> None:
    painted = Painter(ON_STAGE["ada"]).paint(1_800_000_000.123)
    x, y, width, height = clock_code.covered(tile, ASPECT)
    source = av.VideoFrame.from_ndarray(painted.reshape(HEIGHT * 3 // 2, WIDTH), format="yuv420p")
    scaled = source.reformat(int(width), int(height)).to_ndarray(format="gray")
    canvas = np.zeros((720, 1280), np.uint8)
    cut_x, cut_y = int(tile.x - x), int(tile.y - y)
    seen = scaled[cut_y : cut_y + tile.height, cut_x : cut_x + tile.width]
    canvas[tile.y : tile.y + seen.shape[0], tile.x : tile.x + seen.shape[1]] = seen

    luma = through_x264(canvas)

    read = clock_code.read(luma, x=x, y=y, width=width, height=height)
    assert read == clock_code.milliseconds(1_800_000_000.123)


def through_x264(luma: np.ndarray) -> np.ndarray:
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "veryfast", "crf": "34"})
        stream.width, stream.height = luma.shape[1], luma.shape[0]
        container.mux(stream.encode(av.VideoFrame.from_ndarray(luma, format="gray").reformat(format="yuv420p")))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file) as container:
        return next(container.decode(video=0)).to_ndarray(format="gray")


def test_the_likeliest_place_comes_first_and_every_other_number_of_people_is_tried() -> None:
    by_two, by_one = code_places(Canvas(1280, 720), 2), code_places(Canvas(1280, 720), 1)
    assert by_one[0] != by_two[0]
    assert set(by_one) == set(by_two)
