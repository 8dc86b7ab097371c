"""Images of shows: fetched once through the guard, written anew, kept by their content, named by id from then on."""

import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO

import pytest
from PIL import Image

from onstage.actions import images
from onstage.actions.broadcasts import BroadcastChange, NewBroadcast, start_broadcast, update_broadcast
from onstage.actions.image_files import LARGEST_BYTES, LONGEST_SIDE, read_image
from onstage.actions.images import KEPT_IMAGES, upload_image
from onstage.actions.templates import create_template, update_template
from onstage.errors import ErrorCode, OnstageError
from onstage.model.look import Look
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.outbound import Guard, Outbound, read_policy
from onstage.store import images as image_store
from tests.support.house import House
from tests.support.receiver import Receiver, answering, receiving, status


def file_of(kind: str = "PNG", size: tuple[int, int] = (64, 36), mode: str = "RGB", shade: int = 0) -> bytes:
    file = BytesIO()
    Image.new(mode, size, (200, shade % 256, shade // 256, 128)[: len(mode)]).save(file, kind)
    return file.getvalue()


def served(data: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data)


@dataclass
class Gallery:
    """A house, and a web server that the operator allows."""

    house: House
    web: Receiver

    @property
    def url(self) -> str:
        return self.web.url

    async def start(self, look: dict[str, object] | None = None) -> Look:
        show = await start_broadcast(self.house.ctx, self.house.server, self.house.room.id, NewBroadcast(look=look))
        return show.look

    async def data_of(self, image_id: str) -> bytes | None:
        async with self.house.ctx.database.read() as tx:
            return (await image_store.data_of(tx, self.house.project.id, [image_id])).get(image_id)


@pytest.fixture
async def gallery(house: House) -> AsyncIterator[Gallery]:
    async with receiving() as web:
        policy = read_policy(f"127.0.0.1:{web.port}", "80,443", is_http_allowed=True)
        house.ctx.outbound = Outbound(Guard(policy))
        web.behaves = answering(served(file_of()))
        yield Gallery(house, web)
        await house.ctx.outbound.close()


async def refusal(gallery: Gallery, look: dict[str, object]) -> OnstageError:
    with pytest.raises(OnstageError) as caught:
        await gallery.start(look)
    assert caught.value.code is ErrorCode.IMAGE_UNUSABLE
    return caught.value


async def test_an_image_by_url_is_fetched_once_and_is_an_id_from_then_on(gallery: Gallery) -> None:
    look = await gallery.start({"background_image": gallery.url, "avatars": {"ann": gallery.url}})
    assert look.background_image is not None
    assert look.background_image.startswith("img_")
    assert look.avatars == {"ann": look.background_image}
    assert len(gallery.web.received) == 1
    kept = await gallery.data_of(look.background_image)
    assert kept is not None
    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.size) == ("WEBP", (64, 36))


async def test_a_change_fetches_what_it_names_and_keeps_the_rest(gallery: Gallery) -> None:
    ctx, server = gallery.house.ctx, gallery.house.server
    show = await start_broadcast(
        ctx, server, gallery.house.room.id, NewBroadcast(look={"background_image": gallery.url, "show_title": True})
    )
    gallery.web.behaves = answering(served(file_of(shade=99)))
    patch = {"logo": {"image": gallery.url, "opacity": 0.5}, "avatars": {"ann": show.look.background_image}}
    changed = await update_broadcast(ctx, server, show.id, BroadcastChange(look=patch))
    assert changed.look.background_image == show.look.background_image
    assert changed.look.show_title
    assert changed.look.logo.image not in (None, gallery.url, show.look.background_image)
    assert changed.look.logo.opacity == 0.5
    away = {"avatars": {"ann": None}, "logo": {"image": None}}
    bare = await update_broadcast(ctx, server, show.id, BroadcastChange(look=away))
    assert (bare.look.avatars, bare.look.logo.image, bare.look.logo.opacity) == ({}, None, 0.5)
    assert len(gallery.web.received) == 2


async def test_a_template_is_asked_for_its_images_when_it_is_written(gallery: Gallery) -> None:
    ctx, server = gallery.house.ctx, gallery.house.server
    look = Look.model_validate({"logo": {"image": gallery.url}})
    template = INTERACTIVE_LIVE_STREAM
    named = type(template)(
        "ours",
        template.roles,
        template.promote_role,
        template.demote_role,
        template.broadcast.model_copy(update={"look": look}),
    )
    made = await create_template(ctx, server, named)
    image = made.template.broadcast.look.logo.image
    assert image is not None
    assert image.startswith("img_")
    gallery.web.behaves = answering(served(file_of(shade=7)))
    patch = {"broadcast": {"look": {"background_image": gallery.url}}}
    changed = await update_template(ctx, server, "ours", patch, if_version=None)
    assert changed.template.broadcast.look.logo.image == image
    assert changed.template.broadcast.look.background_image not in (None, gallery.url, image)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(404), "404"),
        (status(302, "Location: http://127.0.0.1/"), "elsewhere"),
        (answering(served(b"<html>")), "no image"),
        (answering(served(file_of("GIF"))), "no image"),
        (answering(served(file_of()[:60])), "no image"),
        (answering(served(b"x" * (LARGEST_BYTES + 1))), "larger"),
        (answering(b"nonsense\r\n\r\n"), "fetched"),
    ],
    ids=["gone", "elsewhere", "page", "gif", "cut off", "too large", "no http"],
)
async def test_what_is_no_image_is_refused_and_nothing_starts(gallery: Gallery, answer: object, said: str) -> None:
    gallery.web.behaves = answer  # type: ignore[assignment]  # a behaviour
    error = await refusal(gallery, {"background_image": gallery.url})
    assert said in error.detail
    assert "PNG, JPEG or WebP" in (error.expected or "")
    assert (await gallery.start()).background_image is None  # no show was started by the one before


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is that large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(5000, 5000), (10_000, 10_000), (100_000, 100_000), (2**31 - 1, 1)])
async def test_a_decompression_bomb_is_refused_by_its_head(size: tuple[int, int]) -> None:
    with pytest.raises(OnstageError) as caught:
        await read_image(bomb(*size))
    assert caught.value.code is ErrorCode.IMAGE_UNUSABLE


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_images_are_bounded_and_keep_their_shape(kind: str) -> None:
    read = await read_image(file_of(kind, (4000, 1000)))
    assert (read.width, read.height) == (LONGEST_SIDE, LONGEST_SIDE // 4)


async def test_what_is_transparent_stays_so() -> None:
    read = await read_image(file_of("PNG", mode="RGBA"))
    with Image.open(BytesIO(read.data)) as image:
        assert image.convert("RGBA").getchannel("A").getextrema() == (128, 128)


async def test_the_same_content_is_the_same_image_in_its_project_alone(house: House) -> None:
    one = await upload_image(house.ctx, house.server, house.room.id, file_of())
    assert await upload_image(house.ctx, house.server, house.room.id, file_of()) == one
    other = await upload_image(house.ctx, house.server, house.room.id, file_of(shade=90))
    assert other.id != one.id
    async with house.ctx.database.read() as tx:
        assert await image_store.data_of(tx, "prj_other", [one.id]) == {}


async def test_of_many_images_those_used_last_are_kept(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "KEPT_IMAGES", 3)
    assert KEPT_IMAGES == 200
    house, kept = gallery.house, []
    for number in range(3):
        kept.append(await upload_image(house.ctx, house.server, house.room.id, file_of(shade=60 * number)))
        await house.clock.advance(1)
    await gallery.start({"background_image": kept[0].id})
    await house.clock.advance(1)
    newest = await upload_image(house.ctx, house.server, house.room.id, file_of(shade=240))
    left = [one.id for one in [*kept, newest] if await gallery.data_of(one.id) is not None]
    assert left == [kept[0].id, kept[2].id, newest.id]


async def test_an_image_that_is_not_there_is_refused(gallery: Gallery) -> None:
    assert "img_nothing" in (await refusal(gallery, {"background_image": "img_nothing"})).detail
