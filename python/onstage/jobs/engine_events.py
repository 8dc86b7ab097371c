"""What the engine tells, turned into actions."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from onstage.actions.connections import reconcile_engine
from onstage.actions.context import Context
from onstage.actions.emit import emit_ephemeral
from onstage.actions.tracks import report_tracks
from onstage.bus import Changed, Notice, Topic
from onstage.events import SpeakersChanged as SpeakersChangedEvent
from onstage.jobs.membership import Leader
from onstage.jobs.presence import PresenceKeeper
from onstage.jobs.speaking import Speaking
from onstage.jobs.steering import Steering, persist, wanted_in_engine
from onstage.jobs.tasks import Tasks, attempt, listen
from onstage.media.engine import (
    EngineDown,
    EngineEvent,
    EngineJoined,
    EngineLeft,
    EngineRoomFinished,
    EngineTrack,
    EngineUp,
    RoomEvent,
    SpeakersChanged,
    TrackMuted,
    TrackPublished,
    TrackUnmuted,
    TrackUnpublished,
)
from onstage.model.mark_texts import is_in_shows
from onstage.model.records import Participant, Track
from onstage.store import participants, sessions

_log = structlog.get_logger(__name__)
_HINTS = "hints of engine events"
_Tracks = dict[str, Track]  # by the engine's id


class EngineEvents:
    """Reads the engine's events, one after the other."""

    def __init__(self, ctx: Context, presence: PresenceKeeper, steering: Steering, leader: Leader) -> None:
        """Of several servers the leader acts; what the engine tells another, that one passes on as a hint."""
        self._ctx = ctx
        self._leader = leader
        self._presence = presence
        self._steering = steering
        self._speaking = Speaking(ctx)
        self._tasks = Tasks()
        self._tracks: dict[str, dict[str, _Tracks]] = {}  # by room and identity, of who is on the engine

    async def start(self) -> None:
        """Read from now on."""
        hints = await self._ctx.bus.subscribe(Topic.ENGINE)
        self._tasks.start(listen(self._ctx.clock, hints, self._hear, _HINTS), _HINTS)
        self._tasks.start(self._run(), "engine events")

    async def stop(self) -> None:
        """Read no more."""
        await self._tasks.stop()
        await self._speaking.stop()

    async def _run(self) -> None:
        async for event in self._ctx.engine.events():
            await attempt(self._take(event), "engine events")

    async def _take(self, event: EngineEvent) -> None:
        if self._leader.is_leader:
            await self._handle(event)
            return
        self._tracks.clear()  # another server reads what becomes of them; who leads again compares
        self._speaking.forget_all()
        if isinstance(event, RoomEvent) and not isinstance(event, SpeakersChanged):
            await self._ctx.bus.publish(Changed(Topic.ENGINE, event.room))

    async def _hear(self, hints: list[Notice]) -> None:
        for hint in hints if self._leader.is_leader else ():
            rooms = [hint.id] if isinstance(hint, Changed) else await self._rooms()
            for room_id in rooms:
                self._ctx.engine.look_at(room_id)

    async def catch_up(self) -> None:
        """Bring the store in line with who is on the engine now: it was not read, or another server read it."""
        await self._steering.steer_everybody()
        for room_id in await self._rooms():
            await self._persist(partial(self._compare, room_id), "a room's people")

    async def _rooms(self) -> list[str]:
        async with self._ctx.database.read() as tx:
            return [session.room_id for session in await sessions.all_open(tx)]

    async def _compare(self, room_id: str) -> None:
        there = {one.identity: one for one in await self._ctx.engine.list_participants(room_id)}
        for one in there.values():
            await self._on_joined(EngineJoined(room_id, one))
        for identity in await reconcile_engine(self._ctx, room_id, there.keys()):
            self._forget(room_id, identity)
            await report_tracks(self._ctx, room_id, identity, ())

    async def _handle(self, event: EngineEvent) -> None:
        await self._persist(partial(self._on_event, event), type(event).__name__)

    async def _persist(self, act: Callable[[], Awaitable[None]], kind: str) -> None:
        """Act; while store or engine are away, for a while again, since it is told only once."""
        try:
            await persist(self._ctx, act, "engine_event_failed", kind=kind)
        except Exception as error:  # noqa: BLE001 - a bug with one event must not end the reading of all
            _log.error("engine_event_failed", kind=kind, exc_info=error)

    async def _on_event(self, event: EngineEvent) -> None:
        match event:
            case EngineJoined():
                await self._on_joined(event)
            case EngineLeft(room=room, identity=identity):
                self._forget(room, identity)
                for participant in await self._people(room, [identity]):
                    self._presence.engine_left(participant)
                await report_tracks(self._ctx, room, identity, ())
            case TrackPublished() | TrackMuted() | TrackUnmuted():
                await self._on_track(event.room, event.identity, event.track)
            case TrackUnpublished(room=room, identity=identity, track=track):
                self._tracks.get(room, {}).get(identity, {}).pop(track.id, None)
                await self._report(room, identity)
            case SpeakersChanged():
                await self._on_speakers(event)
            case EngineRoomFinished(room=room):
                self._tracks.pop(room, None)  # and nobody is told of one by one
                self._speaking.forget(room)
            case EngineDown(reason=reason):
                _log.error("engine_down", reason=reason)
                self._speaking.forget_all()  # what they say now is not told; who speaks is, once it is back
            case EngineUp():
                _log.info("engine_up")
                # Beside the events: it may take long, and the engine may go away again meanwhile.
                self._tasks.start(self.catch_up(), "catch up with the engine")

    async def _on_joined(self, event: EngineJoined) -> None:
        """Take somebody in whom the store wants; put out whom it does not (design §10.3)."""
        room, identity = event.room, event.participant.identity
        wanted = await wanted_in_engine(self._ctx, room, identity)
        if wanted is None:
            _log.warning("engine_join_not_wanted", room=room)
            await self._ctx.engine.remove(room, identity)
            return
        self._presence.engine_joined(wanted)
        self._tracks.setdefault(room, {})[identity] = {track.id: _track(track) for track in event.participant.tracks}
        await self._report(room, identity)
        if event.participant.level is not wanted.level:  # promoted or demoted between token and join
            await self._steering.steer(wanted)

    async def _on_track(self, room: str, identity: str, track: EngineTrack) -> None:
        self._tracks.setdefault(room, {}).setdefault(identity, {})[track.id] = _track(track)
        await self._report(room, identity)

    async def _report(self, room: str, identity: str) -> None:
        known = self._tracks.get(room, {}).get(identity, {})
        await report_tracks(self._ctx, room, identity, tuple(known.values()))

    def _forget(self, room: str, identity: str) -> None:
        """They are on the engine no more."""
        people = self._tracks.get(room, {})
        people.pop(identity, None)
        if not people:
            self._tracks.pop(room, None)

    async def _on_speakers(self, event: SpeakersChanged) -> None:
        people = await self._people(event.room, event.identities)
        ids = {one.identity: one.id for one in people}
        in_shows = {one.identity for one in people if is_in_shows(one)}
        self._speaking.heard(event.room, [one for one in event.identities if one in in_shows])
        loudest_first = [ids[identity] for identity in event.identities if identity in ids]
        await emit_ephemeral(self._ctx, event.room, SpeakersChangedEvent(participant_ids=loudest_first))

    async def _people(self, room: str, identities: Sequence[str]) -> list[Participant]:
        """Who has these identities in the room's session."""
        async with self._ctx.database.read() as tx:
            session = await sessions.open_of(tx, room)
            return [] if session is None else await participants.of_identities(tx, session.id, identities)


def _track(track: EngineTrack) -> Track:
    return Track(sid=track.id, source=track.source, is_muted=track.is_muted)
