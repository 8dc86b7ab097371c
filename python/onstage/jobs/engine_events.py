"""What the engine tells, turned into actions."""

from collections import defaultdict

import structlog

from onstage.actions.context import Context
from onstage.actions.emit import emit_ephemeral
from onstage.actions.tracks import report_tracks
from onstage.errors import OnstageError
from onstage.events import SpeakersChanged as SpeakersChangedEvent
from onstage.jobs.presence import PresenceKeeper
from onstage.jobs.steering import RETRY_AFTER_S, Steering, wanted_in_engine
from onstage.jobs.tasks import Tasks
from onstage.media.engine import (
    EngineDown,
    EngineEvent,
    EngineJoined,
    EngineLeft,
    EngineRoomFinished,
    EngineTrack,
    EngineUp,
    SpeakersChanged,
    TrackMuted,
    TrackPublished,
    TrackUnmuted,
    TrackUnpublished,
)
from onstage.model.records import Track

_log = structlog.get_logger(__name__)
_Key = tuple[str, str]


class EngineEvents:
    """Reads the engine's events, one after the other."""

    def __init__(self, ctx: Context, presence: PresenceKeeper, steering: Steering) -> None:
        self._ctx = ctx
        self._presence = presence
        self._steering = steering
        self._tasks = Tasks()
        self._tracks: defaultdict[_Key, dict[str, Track]] = defaultdict(dict)

    async def start(self) -> None:
        """Read from now on."""
        self._tasks.start(self._run(), "engine events")

    async def stop(self) -> None:
        """Read no more."""
        await self._tasks.stop()

    async def _run(self) -> None:
        async for event in self._ctx.engine.events():
            await self._handle(event)

    async def _handle(self, event: EngineEvent) -> None:
        """Act on an event; while store or engine are away, for a while again, since it is told only once."""
        kind = type(event).__name__
        for pause_s in (*RETRY_AFTER_S, None):
            try:
                return await self._on_event(event)
            except OnstageError as error:
                _log.warning("engine_event_failed", kind=kind, code=error.code.code, retry_after_s=pause_s)
            except Exception as error:  # noqa: BLE001 - a bug with one event must not end the reading of all
                _log.error("engine_event_failed", kind=kind, exc_info=error)
                return None
            if pause_s is not None:
                await self._ctx.clock.sleep(pause_s)
        return None

    async def _on_event(self, event: EngineEvent) -> None:
        match event:
            case EngineJoined():
                await self._on_joined(event)
            case EngineLeft(room=room, identity=identity):
                self._tracks.pop((room, identity), None)
                self._presence.engine_left(room, identity)
                await report_tracks(self._ctx, room, identity, ())
            case TrackPublished() | TrackMuted() | TrackUnmuted():
                await self._on_track(event.room, event.identity, event.track)
            case TrackUnpublished(room=room, identity=identity, track=track):
                self._tracks[room, identity].pop(track.id, None)
                await self._report(room, identity)
            case SpeakersChanged():
                await self._on_speakers(event)
            case EngineRoomFinished(room=room):
                _log.debug("engine_room_finished", room=room)
            case EngineDown(reason=reason):
                _log.error("engine_down", reason=reason)
            case EngineUp():
                _log.info("engine_up")
                # Beside the events: it may take long, and the engine may go away again meanwhile.
                self._tasks.start(self._steering.steer_everybody(), "steer everybody")

    async def _on_joined(self, event: EngineJoined) -> None:
        """Take somebody in whom the store wants; put out whom it does not (design §10.3)."""
        room, identity = event.room, event.participant.identity
        wanted = await wanted_in_engine(self._ctx, room, identity)
        if wanted is None:
            _log.warning("engine_join_not_wanted", room=room)
            await self._ctx.engine.remove(room, identity)
            return
        self._presence.engine_joined(wanted)
        self._tracks[room, identity] = {track.id: _track(track) for track in event.participant.tracks}
        await self._report(room, identity)
        if event.participant.level is not wanted.level:  # promoted or demoted between token and join
            await self._steering.steer(wanted)

    async def _on_track(self, room: str, identity: str, track: EngineTrack) -> None:
        self._tracks[room, identity][track.id] = _track(track)
        await self._report(room, identity)

    async def _report(self, room: str, identity: str) -> None:
        await report_tracks(self._ctx, room, identity, tuple(self._tracks[room, identity].values()))

    async def _on_speakers(self, event: SpeakersChanged) -> None:
        known = [self._presence.participant(event.room, identity) for identity in event.identities]
        ids = [one.id for one in known if one is not None]
        await emit_ephemeral(self._ctx, event.room, SpeakersChangedEvent(participant_ids=ids))


def _track(track: EngineTrack) -> Track:
    return Track(sid=track.id, source=track.source, is_muted=track.is_muted)
