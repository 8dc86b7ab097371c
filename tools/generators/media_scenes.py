"""Media is played into a show."""

from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcast_stop import stop_broadcast
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.media_playbacks import (
    NewPlayback,
    PlaybackChange,
    play,
    report_ended,
    report_started,
    stop_playback,
    update_playback,
)
from onstage.model.playbacks import PlaybackEndReason
from onstage.model.records import BroadcastStatus
from tests.support.house import House
from tools.generators.scene import Watch

_INTRO = NewPlayback(url="https://192.0.43.7/intro.mp4", title="Intro")  # an address, so that none is looked up
_MUSIC = NewPlayback(url="https://192.0.43.7/music.mp3", is_looping=True)


async def media_is_played_changed_and_ends(house: House, watch: Watch) -> None:
    """Two play at once; one ends by itself, one is never there, one is stopped, and the last ends with its show."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
    await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    await watch(vic)
    caller = house.caller(anna)
    intro, music = [await play(house.ctx, caller, show.id, new) for new in (_INTRO, _MUSIC)]
    await report_started(house.ctx, intro.id)
    await house.clock.advance(1)
    await report_started(house.ctx, music.id)
    await house.clock.advance(2)
    await update_playback(house.ctx, caller, show.id, music.id, PlaybackChange(volume_percent=40))
    await update_playback(house.ctx, caller, show.id, intro.id, PlaybackChange(is_paused=True, position_ms=500))
    await report_ended(house.ctx, intro.id, PlaybackEndReason.FINISHED)
    lost, last = [await play(house.ctx, caller, show.id, _INTRO) for _ in range(2)]
    await report_ended(house.ctx, lost.id, PlaybackEndReason.FAILED, detail="its server answers 404")
    await stop_playback(house.ctx, caller, show.id, music.id)
    await report_started(house.ctx, last.id)
    await stop_broadcast(house.ctx, caller, show.id)
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)


MEDIA_SCENES = (media_is_played_changed_and_ends,)
