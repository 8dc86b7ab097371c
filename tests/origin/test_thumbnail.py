"""A picture of a running show."""

import threading
from collections.abc import AsyncIterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from onstage.model.media import Init
from onstage.origin.assets import thumbnail
from onstage.origin.assets.thumbnail import EVERY_S, Thumbnails
from tests.origin.recorded import PARTS_PER_SEGMENT
from tests.origin.script import SOUND, a_part, an_init
from tests.origin.serving import BROADCAST, ROOM, Show, a_show
from tests.probe.media import HEIGHT, PROFILE, WIDTH, a_reel

PICTURE = f"/live/{BROADCAST}/thumbnail.jpg"


@pytest.fixture
async def show() -> AsyncIterator[Show]:
    async with a_show(profile=PROFILE) as show:
        yield show


async def played(show: Show, first: int, last: int) -> None:
    """Publish those parts of a show."""
    reel = a_reel(8)
    if first == 0:
        await show.window.on_init(Init(reel.rendition, reel.init))
    for part in reel.parts[first:last]:
        await show.window.on_part(part)


def bright_columns(picture: bytes) -> int:
    """Of 64 columns, how many are of the bright part that grows with each picture."""
    grey = np.asarray(Image.open(BytesIO(picture)).convert("L"))
    return int((grey[HEIGHT // 2] > 90).sum())


async def test_it_is_of_the_newest_keyframe_and_changes_every_few_seconds(show: Show) -> None:
    await played(show, 0, 1)
    first = await show.get(PICTURE)
    assert (first.status_code, first.headers["content-type"]) == (200, "image/jpeg")
    assert first.headers["cache-control"] == f"public, max-age={EVERY_S}"
    assert Image.open(BytesIO(first.content)).size == (WIDTH, HEIGHT)
    assert bright_columns(first.content) == 0
    await played(show, 1, PARTS_PER_SEGMENT + 1)
    assert (await show.get(PICTURE)).content == first.content
    await show.clock.advance(EVERY_S)
    assert bright_columns((await show.get(PICTURE)).content) == pytest.approx(45, abs=2)
    of_room = await show.get(f"/live/{ROOM}/thumbnail.jpg")
    assert bright_columns(of_room.content) == pytest.approx(45, abs=2)


async def test_many_who_ask_cost_one_decoded_picture(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []

    def counting(data: bytes) -> Image.Image:
        decoded.append(len(data))
        return Image.new("RGB", (8, 8))

    monkeypatch.setattr(thumbnail, "decoded", counting)
    await played(show, 0, PARTS_PER_SEGMENT)
    for _ in range(5):
        assert (await show.get(PICTURE)).status_code == 200
    assert len(decoded) == 1


async def test_its_thread_ends_when_no_more_are_made(show: Show) -> None:
    await played(show, 0, 1)
    others, thumbnails = set(threading.enumerate()), Thumbnails(show.clock)
    assert await thumbnails.of(show.window)
    [thread] = set(threading.enumerate()) - others
    await thumbnails.close()
    assert not thread.is_alive()


async def test_before_the_first_part_and_of_sound_alone_there_is_none(show: Show) -> None:
    assert (await show.get(PICTURE)).json()["code"] == "broadcast_not_live"
    await show.window.on_init(an_init("sound", SOUND))
    await show.window.on_part(a_part(0, first=True, ticks=PROFILE.part_ticks, rendition=SOUND.name))
    assert (await show.get(PICTURE)).json()["code"] == "media_not_found"
    assert (await show.get("/live/bc_unknown/thumbnail.jpg")).json()["code"] == "broadcast_not_found"
