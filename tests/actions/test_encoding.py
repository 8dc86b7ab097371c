"""What a broadcast is encoded in: the preset, the ladder somebody asked for, or what the template says."""

import pytest
from pydantic import ValidationError

from onstage.actions.bodies.broadcasts import StartBroadcast
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.encoding import chosen_ladder
from onstage.actions.reading import read_broadcast
from onstage.errors import ErrorCode
from onstage.model.broadcast_defaults import BroadcastDefaults, CanvasShape, Quality, RungSpec
from onstage.model.media import VideoEncoderName
from tests.support.house import House
from tests.support.refusals import refused

OWN = (RungSpec(height=720, video_bps=2_000_000), RungSpec(height=234, video_bps=90_000))


def chosen(defaults: BroadcastDefaults, **asked: object) -> tuple[Quality | None, list[tuple[int, int, int]], int]:
    given = {"quality": None, "ladder": None, "audio_bps": None} | asked
    quality, ladder = chosen_ladder(defaults, defaults.canvas, **given)  # type: ignore[arg-type]  # as the tests say
    return quality, [(rung.width, rung.height, rung.video_bps) for rung in ladder.rungs], ladder.audio_bps


def test_a_start_counts_before_its_template_and_a_ladder_before_a_preset() -> None:
    plain, own = BroadcastDefaults(), BroadcastDefaults(ladder=OWN, audio_bps=64_000)
    ours = [(1280, 720, 2_000_000), (416, 234, 90_000)]
    small = [(640, 360, 800_000)]
    assert chosen(plain)[0] is Quality.HIGH
    assert chosen(plain, quality=Quality.LOW) == (Quality.LOW, small, 96_000)
    assert chosen(plain, ladder=OWN) == (None, ours, 128_000)
    assert chosen(own) == (None, ours, 64_000)
    assert chosen(own, quality=Quality.LOW) == (Quality.LOW, small, 64_000)
    several = [(848, 480, 1_400_000), (640, 360, 800_000), (416, 234, 70_000)]
    assert chosen(own, ladder=Quality.MEDIUM) == (Quality.MEDIUM, several, 64_000)
    assert chosen(BroadcastDefaults(ladder=Quality.MEDIUM)) == (Quality.MEDIUM, several, 96_000)
    assert chosen(BroadcastDefaults(ladder=Quality.MEDIUM), quality=Quality.LOW) == (Quality.LOW, small, 96_000)
    assert chosen(own, quality=Quality.LOW, audio_bps=192_000) == (Quality.LOW, small, 192_000)


def test_an_own_ladder_takes_the_shape_of_the_canvas_and_keeps_its_bits() -> None:
    for shape, sizes in (
        (CanvasShape.UPRIGHT, [(720, 1280), (234, 416)]),
        (CanvasShape.SQUARE, [(720, 720), (234, 234)]),
    ):
        _, rungs, _ = chosen(BroadcastDefaults(canvas=shape), ladder=OWN)
        assert [(width, height) for width, height, _ in rungs] == sizes
        assert [bps for _, _, bps in rungs] == [2_000_000, 90_000]


@pytest.mark.parametrize(
    "given",
    [
        {"ladder": []},
        {"ladder": [{"height": 720, "video_bps": 2_000_000}, {"height": 720, "video_bps": 1_000_000}]},
        {"ladder": [{"height": 720, "video_bps": 2_000_000}, {"height": 360, "video_bps": 2_000_000}]},
        {"ladder": [{"height": 360, "video_bps": 500_000}, {"height": 720, "video_bps": 400_000}]},
        {"ladder": [{"height": 361, "video_bps": 500_000}]},
        {"ladder": [{"height": 20, "video_bps": 500_000}]},
        {"ladder": [{"height": 720 - 2 * n, "video_bps": 2_000_000 - n} for n in range(6)]},
        {"ladder": [{"height": 360, "video_bps": 500_000}], "quality": "low"},
        {"ladder": "low", "quality": "low"},
        {"ladder": "med"},
        {"audio_bps": 1},
        {"encoder": "mpeg2video"},
        {"profile": "instant"},
    ],
)
def test_what_is_no_ladder_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        StartBroadcast.model_validate(given)


async def test_a_broadcast_keeps_what_it_was_started_with(house: House) -> None:
    new = NewBroadcast(ladder=OWN, audio_bps=64_000, profile="safe", canvas=CanvasShape.UPRIGHT)
    started = await start_broadcast(house.ctx, house.server, "show", new)
    read = await read_broadcast(house.ctx, house.server, started.id)
    assert read == started
    assert (read.quality, read.profile, read.encoder) == (None, "safe", VideoEncoderName.X264)
    assert [rung.name for rung in read.ladder.rungs] == ["720p", "234p"]


async def test_a_ladder_by_name_is_one_of_several_rungs(house: House) -> None:
    named = StartBroadcast.model_validate({"ladder": "high", "canvas": "1:1"})
    started = await start_broadcast(
        house.ctx, house.server, "show", NewBroadcast(ladder=named.ladder, canvas=named.canvas)
    )
    assert [(rung.name, rung.width, rung.height) for rung in started.ladder.rungs] == [
        ("720p", 720, 720),
        ("480p", 480, 480),
        ("360p", 360, 360),
        ("234p", 234, 234),
    ]
    assert started.quality is Quality.HIGH


async def test_an_encoder_that_is_not_here_is_refused_before_anything_is_made(house: House) -> None:
    new = NewBroadcast(encoder=VideoEncoderName.NVENC)
    attempt = start_broadcast(house.ctx, house.server, "show", new)
    assert await refused(attempt) is ErrorCode.ENCODER_UNAVAILABLE

    async def has_all(_: VideoEncoderName) -> bool:
        return True

    house.ctx.has_encoder = has_all
    assert (await start_broadcast(house.ctx, house.server, "show", new)).encoder is VideoEncoderName.NVENC
