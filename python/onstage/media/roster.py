"""Who is connected to the engine, as far as its reports tell. Pure: reports in, events out.

Reports come from several sides (webhooks, lists, the observer), late, twice, out of order or not at all. The roster
makes one story of them: each fact once, in an order that makes sense. Ids of connections and tracks are used once by
the engine, so what was seen going never comes back.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from onstage.media.engine import (
    EngineJoined,
    EngineLeft,
    EngineParticipant,
    EngineRoomFinished,
    EngineTrack,
    RoomEvent,
    TrackMuted,
    TrackPublished,
    TrackUnmuted,
    TrackUnpublished,
)

_REMEMBERED = 4096
"""Ids of what has gone, and facts about what has not come yet, that are kept. Older ones are forgotten."""


@dataclass(slots=True)
class _Person:
    participant: EngineParticipant
    tracks: dict[str, EngineTrack] = field(default_factory=dict)
    revision: int = 0  # of the roster, when something was last learnt about them otherwise than from a list


class _Recent(OrderedDict[str, object]):
    """A dict that forgets its oldest entries."""

    def __setitem__(self, key: str, value: object) -> None:
        super().__setitem__(key, value)
        while len(self) > _REMEMBERED:
            self.popitem(last=False)


class Roster:
    """Everybody in every room of one engine."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[str, _Person]] = {}
        self._gone = _Recent()
        self._early_tracks: OrderedDict[str, list[EngineTrack]] = OrderedDict()  # by connection, before its join
        self._early_mutes = _Recent()  # by track, before its publication
        self._suspects: dict[str, set[str]] = {}  # ids that the latest list of their room left out
        self.revision = 0

    @property
    def rooms(self) -> frozenset[str]:
        """Rooms with people."""
        return frozenset(self._rooms)

    @property
    def suspect_rooms(self) -> frozenset[str]:
        """Rooms whose latest list left out what we believe in: ask again soon."""
        return frozenset(room for room, ids in self._suspects.items() if ids)

    def joined(self, participant: EngineParticipant) -> list[RoomEvent]:
        """A connection is up."""
        self.revision += 1
        events = self._admit(participant)
        if person := self._person(participant.room, participant.identity, participant.connection_id):
            person.revision = self.revision
        return events

    def left(self, room: str, identity: str, connection_id: str, reason: str = "") -> list[RoomEvent]:
        """A connection is over; that of an identity which came back since is of no interest."""
        self.revision += 1
        self._gone[connection_id] = None
        self._early_tracks.pop(connection_id, None)
        person = self._person(room, identity, connection_id)
        if person is None:
            return []
        events = self._drop_tracks(person, list(person.tracks))
        del self._rooms[room][identity]
        if not self._rooms[room]:
            del self._rooms[room]
        return [*events, EngineLeft(room, identity, connection_id, reason)]

    def published(self, room: str, identity: str, connection_id: str, track: EngineTrack) -> list[RoomEvent]:
        """A track was published."""
        self.revision += 1
        person = self._person(room, identity, connection_id)
        if person is not None:
            person.revision = self.revision
            return self._add_track(person, track)
        if connection_id not in self._gone:
            self._early_tracks.setdefault(connection_id, []).append(track)
            while len(self._early_tracks) > _REMEMBERED:
                self._early_tracks.popitem(last=False)
        return []

    def unpublished(self, room: str, identity: str, connection_id: str, track_id: str) -> list[RoomEvent]:
        """A track was unpublished."""
        self.revision += 1
        self._gone[track_id] = None
        person = self._person(room, identity, connection_id)
        return self._drop_tracks(person, [track_id]) if person is not None else []

    def muted(self, room: str, identity: str, track_id: str, *, is_muted: bool) -> list[RoomEvent]:
        """A track was muted or unmuted."""
        self.revision += 1
        person = self._rooms.get(room, {}).get(identity)
        if person is None or track_id not in person.tracks:
            self._early_mutes[track_id] = is_muted
            return []
        person.revision = self.revision
        return self._set_muted(person, track_id, is_muted=is_muted)

    def finished(self, room: str) -> list[RoomEvent]:
        """The engine closed the room."""
        self.revision += 1
        people = [person.participant for person in self._rooms.get(room, {}).values()]
        gone = [event for one in people for event in self.left(room, one.identity, one.connection_id, "room_finished")]
        self._suspects.pop(room, None)
        return [*gone, EngineRoomFinished(room)]

    def listed(self, room: str, participants: Iterable[EngineParticipant], *, asked_at: int) -> list[RoomEvent]:
        """The engine's list of a room, asked for when `revision` was `asked_at`.

        What is new in it is believed at once. What is missing must be missing twice, since a list may be a moment
        older than the reports that overtook it.
        """
        events: list[RoomEvent] = []
        present = {one.connection_id: one for one in participants}
        for participant in present.values():
            events += self._admit(participant)
        missing: set[str] = set()
        for person in list(self._rooms.get(room, {}).values()):
            events += self._compare(person, present.get(person.participant.connection_id), asked_at, missing)
        self._suspects[room] = missing
        if not missing:
            del self._suspects[room]
        return events

    def _admit(self, participant: EngineParticipant) -> list[RoomEvent]:
        if participant.connection_id in self._gone:
            return []
        events: list[RoomEvent] = []
        person = self._rooms.get(participant.room, {}).get(participant.identity)
        if person is not None and person.participant.connection_id != participant.connection_id:
            older = person.participant
            if older.joined_at > participant.joined_at:
                return []
            events += self.left(older.room, older.identity, older.connection_id, "duplicate_identity")
            person = None
        if person is None:
            person = _Person(replace(participant, tracks=()))
            self._rooms.setdefault(participant.room, {})[participant.identity] = person
            events.append(EngineJoined(participant.room, person.participant))
        tracks = (*self._early_tracks.pop(participant.connection_id, []), *participant.tracks)
        return events + [event for track in tracks for event in self._add_track(person, track)]

    def _compare(
        self, person: _Person, listed: EngineParticipant | None, asked_at: int, missing: set[str]
    ) -> list[RoomEvent]:
        room, known = person.participant.room, person.participant
        suspected = self._suspects.get(room, set())
        if listed is None:
            if known.connection_id in suspected:
                return self.left(room, known.identity, known.connection_id, "missed")
            missing.add(known.connection_id)
            return []
        events: list[RoomEvent] = []
        tracks = {track.id: track for track in listed.tracks}
        for track_id in [one for one in person.tracks if one not in tracks]:
            if track_id in suspected:
                events += self.unpublished(room, known.identity, known.connection_id, track_id)
            else:
                missing.add(track_id)
        if person.revision <= asked_at:
            for track in tracks.values():
                events += self._set_muted(person, track.id, is_muted=track.is_muted)
        return events

    def _person(self, room: str, identity: str, connection_id: str) -> _Person | None:
        person = self._rooms.get(room, {}).get(identity)
        return person if person is not None and person.participant.connection_id == connection_id else None

    def _add_track(self, person: _Person, track: EngineTrack) -> list[RoomEvent]:
        if track.id in self._gone or track.id in person.tracks:
            return []
        early = self._early_mutes.pop(track.id, None)
        track = replace(track, is_muted=track.is_muted if early is None else bool(early))
        person.tracks[track.id] = track
        return [TrackPublished(person.participant.room, person.participant.identity, track)]

    def _drop_tracks(self, person: _Person, track_ids: Iterable[str]) -> list[RoomEvent]:
        events: list[RoomEvent] = []
        for track_id in track_ids:
            self._gone[track_id] = None
            if track := person.tracks.pop(track_id, None):
                events.append(TrackUnpublished(person.participant.room, person.participant.identity, track))
        return events

    def _set_muted(self, person: _Person, track_id: str, *, is_muted: bool) -> list[RoomEvent]:
        track = person.tracks.get(track_id)
        if track is None or track.is_muted == is_muted:
            return []
        track = person.tracks[track_id] = replace(track, is_muted=is_muted)
        kind = TrackMuted if is_muted else TrackUnmuted
        return [kind(person.participant.room, person.participant.identity, track)]
