"""Poster and thumbnails: each picture is of the moment that is said, and only first pictures are read."""

import re
from pathlib import Path

import numpy as np
from PIL import Image

from onstage.origin.assets.stills import best_of, decoded, picture, write_poster, write_thumbnails
from tests.origin.recorded import recorded, source
from tests.probe.media import HEIGHT, WIDTH

SECONDS = 18
_CUE = re.compile(r"00:(\d\d):(\d\d)\.000 --> 00:(\d\d):(\d\d)\.000\n(sprite\d\.jpg)#xywh=(\d+),(\d+),(\d+),(\d+)\n")


def likeness(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of brightness, of 255."""
    small = [np.asarray(image.convert("L").resize((40, 30)), np.float32) for image in (one, other)]
    return float(np.abs(small[0] - small[1]).mean())


async def test_cues_and_pictures_agree(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", SECONDS)
    made = await source(tmp_path / "live")
    write_thumbnails(tmp_path, made)
    text = (tmp_path / "thumbnails.vtt").read_text()
    assert text.startswith("WEBVTT\n\n")
    cues = [[*map(int, cue[:4]), cue[4], *map(int, cue[5:])] for cue in _CUE.findall(text)]
    times = [(60 * a + b, 60 * c + d) for a, b, c, d, *_ in cues]
    assert times == [(0, 5), (5, 10), (10, 15), (15, SECONDS)]
    sheet = Image.open(tmp_path / "sprite0.jpg")
    assert sheet.size == (4 * 160, 120)
    segments = {one.start_ticks // 90_000: one for one in made.film.reels["tiny"].segments}
    for (starts, _), (*_, name, left, top, width, height) in zip(times, cues, strict=True):
        assert (name, width, height) == ("sprite0.jpg", 160, 120)
        thumbnail = sheet.crop((left, top, left + width, top + height))
        assert likeness(thumbnail, picture(made, made.film.reels["tiny"], segments[starts])) < 4


async def test_neighbours_are_unlike(tmp_path: Path) -> None:
    """That the test above can tell them apart."""
    await recorded(tmp_path / "live", 6)
    made = await source(tmp_path / "live")
    reel = made.film.reels["tiny"]
    assert likeness(picture(made, reel, reel.segments[0]), picture(made, reel, reel.segments[5])) > 8


async def test_only_first_pictures_are_read(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", 6)
    made = await source(tmp_path / "live")
    entry = made.film.reels["tiny"].segments[3]
    begun = made.keyframe("tiny", entry)
    assert len(begun) == entry.keyframe_bytes < entry.size
    assert decoded(made.init("tiny", entry) + begun).size == (WIDTH, HEIGHT)


async def test_a_segment_that_cannot_be_decoded_is_passed_over(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", 12)
    broken = tmp_path / "live" / "bc_recorded" / "tiny" / "seg6.m4s"
    broken.write_bytes(b"\0" * broken.stat().st_size)
    write_thumbnails(tmp_path, await source(tmp_path / "live"))
    assert (tmp_path / "thumbnails.vtt").read_text().count("-->") == 2


async def test_the_poster_is_as_large_as_the_largest_rendition(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", 4)
    write_poster(tmp_path / "poster.jpg", await source(tmp_path / "live"))
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert (poster.format, poster.size) == ("JPEG", (WIDTH, HEIGHT))


def test_the_best_picture_is_not_a_plain_one() -> None:
    black, white = (Image.new("RGB", (320, 180), shade) for shade in ("black", "white"))
    slate = Image.new("RGB", (320, 180), (40, 44, 52))
    people = Image.effect_noise((320, 180), 60).convert("RGB")
    assert best_of([black, slate, people, white]) is people
    assert best_of([black, slate, white]) is slate
