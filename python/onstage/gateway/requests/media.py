"""What is asked about media in a show."""

from onstage.actions import media_playbacks
from onstage.actions.access import ParticipantCaller
from onstage.actions.bodies.media import PlayMedia, UpdateMedia
from onstage.actions.context import Context
from onstage.gateway.requests.broadcasts import OfBroadcast
from onstage.gateway.requests.kinds import Id, RequestKind, Requests
from onstage.model.views import MediaPlaybackView


class PlayInBroadcast(PlayMedia, OfBroadcast):
    """media.play."""


class OfPlayback(OfBroadcast):
    """One playback."""

    playback: str = Id


class ChangePlayback(UpdateMedia, OfPlayback):
    """media.update."""


async def _play(ctx: Context, caller: ParticipantCaller, data: PlayInBroadcast) -> MediaPlaybackView:
    return MediaPlaybackView.of(await media_playbacks.play(ctx, caller, data.broadcast, data.new()))


async def _update(ctx: Context, caller: ParticipantCaller, data: ChangePlayback) -> MediaPlaybackView:
    change = data.change()
    return MediaPlaybackView.of(
        await media_playbacks.update_playback(ctx, caller, data.broadcast, data.playback, change)
    )


async def _stop(ctx: Context, caller: ParticipantCaller, data: OfPlayback) -> MediaPlaybackView:
    return MediaPlaybackView.of(await media_playbacks.stop_playback(ctx, caller, data.broadcast, data.playback))


REQUESTS: Requests = {
    "media.play": RequestKind(PlayInBroadcast, _play),
    "media.update": RequestKind(ChangePlayback, _update),
    "media.stop": RequestKind(OfPlayback, _stop),
}
