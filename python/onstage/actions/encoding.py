"""What a broadcast is encoded in and with: chosen from its start and its template."""

from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.model.broadcast_defaults import BroadcastDefaults, CanvasShape, LadderWish, Quality
from onstage.model.ladder import LADDERS, SEVERAL_RUNGS, Ladder, own_ladder
from onstage.model.media import VideoEncoderName


def chosen_ladder(
    defaults: BroadcastDefaults,
    shape: CanvasShape,
    *,
    quality: Quality | None,
    ladder: LadderWish | None,
    audio_bps: int | None,
) -> tuple[Quality | None, Ladder]:
    """The ladder, and the preset it is of, if any. What a start says counts before what the template says."""
    wish = ladder or (defaults.ladder if quality is None else None)
    audio_bps = audio_bps or defaults.audio_bps
    if wish is None:
        preset = quality or defaults.quality
        return preset, LADDERS[preset].on(shape).sounding(audio_bps)
    if isinstance(wish, Quality):
        return wish, SEVERAL_RUNGS[wish].on(shape).sounding(audio_bps)
    return None, own_ladder(wish, shape).sounding(audio_bps)


async def check_encoder(ctx: Context, name: VideoEncoderName) -> None:
    """Whether this machine has that encoder.

    Raises:
        OnstageError: `encoder_unavailable`.
    """
    if name is not VideoEncoderName.X264 and not await ctx.has_encoder(name):
        raise OnstageError(ErrorCode.ENCODER_UNAVAILABLE, f"`{name.value}` can't be opened.", expected="libx264")
