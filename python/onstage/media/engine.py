"""What Onstage asks of a media engine, and what an engine tells.

The contract is LiveKit's: a signed token to join, calls to steer, events back (docs/adr/0001-engine-seam.md). Every
engine passes tests/engine/ unchanged. An engine knows rooms by our room id and people by their identity; it keeps no
truth of its own, so all calls are idempotent and may be repeated.

Participants of Onstage itself (the composer, the observer) are *service* participants: `level` None. They are in no
list and no event.
"""

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from onstage.model.role import Level, Source

LEVEL_ATTRIBUTE = "onstage.level"
ROLE_ATTRIBUTE = "onstage.role"
BACKSTAGE_ATTRIBUTE = "onstage.backstage"
"""Not empty: left out of the show, though on stage."""
SERVICE_LEVEL = "service"
"""Value of `LEVEL_ATTRIBUTE` for service participants."""
TOKEN_TTL_S = 60
_WEBSOCKET_SCHEME = {"http": "ws", "https": "wss"}


class TrackKind(StrEnum):
    """What a track carries."""

    AUDIO = "audio"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class EngineGrant:
    """What one participant may do in the engine, for a token and for an update of somebody connected."""

    room: str
    identity: str
    name: str
    level: Level | None  # None: a service participant
    role: str = ""
    sources: frozenset[Source] = frozenset()  # what they may publish; empty: nothing
    can_subscribe: bool = True
    can_publish_data: bool = False
    hidden: bool = False  # others are not told of them; takes effect at the join, see `Engine.update_permission`
    metadata: str | None = None  # None in an update: left as it is
    ttl_s: int = TOKEN_TTL_S  # of the token, which is for joining only
    is_backstage: bool = False  # left out of the show; the composer goes by it

    @property
    def attributes(self) -> dict[str, str]:
        """What every client in the room can read of it."""
        return {
            LEVEL_ATTRIBUTE: self.level or SERVICE_LEVEL,
            ROLE_ATTRIBUTE: self.role,
            BACKSTAGE_ATTRIBUTE: "yes" if self.is_backstage else "",
        }


def service_grant(room: str, purpose: str) -> EngineGrant:
    """A grant for one of our own participants: hidden, subscribes only, under an identity nobody can take."""
    identity = f"onstage:{purpose}:{secrets.token_hex(8)}"
    return EngineGrant(room=room, identity=identity, name=purpose, level=None, hidden=True)


@dataclass(frozen=True, slots=True)
class EngineTrack:
    """A published track."""

    id: str
    kind: TrackKind
    source: Source
    is_muted: bool
    name: str = ""
    width: int = 0  # pixels; 0 for audio
    height: int = 0


@dataclass(frozen=True, slots=True)
class EngineParticipant:
    """Somebody connected to the engine. `connection_id` differs between two joins of one identity."""

    room: str
    identity: str
    connection_id: str
    name: str
    level: Level | None
    role: str
    is_hidden: bool
    joined_at: datetime
    metadata: str = ""
    tracks: tuple[EngineTrack, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineJoined:
    """Somebody's media connection is up. If it replaces one of the same identity, `EngineLeft` of that came before."""

    room: str
    participant: EngineParticipant


@dataclass(frozen=True, slots=True)
class EngineLeft:
    """That connection is over; its tracks were unpublished before.

    Reason `duplicate_identity`: the same identity came again, and is about to be told as joined.
    """

    room: str
    identity: str
    connection_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TrackPublished:
    """A track can be subscribed to."""

    room: str
    identity: str
    track: EngineTrack


@dataclass(frozen=True, slots=True)
class TrackUnpublished:
    """A track is gone."""

    room: str
    identity: str
    track: EngineTrack


@dataclass(frozen=True, slots=True)
class TrackMuted:
    """Its publisher, or a host, muted the track."""

    room: str
    identity: str
    track: EngineTrack


@dataclass(frozen=True, slots=True)
class TrackUnmuted:
    """Its publisher unmuted the track; nobody else can."""

    room: str
    identity: str
    track: EngineTrack


@dataclass(frozen=True, slots=True)
class SpeakersChanged:
    """The identities of all who speak now, loudest first. Only for watched rooms; dropped when the reader is slow."""

    room: str
    identities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EngineRoomFinished:
    """The engine closed its room: everybody left, or it was ended. A later join opens it again."""

    room: str


@dataclass(frozen=True, slots=True)
class EngineDown:
    """The engine does not answer. Media may flow on; calls fail with `engine_unavailable`."""

    reason: str


@dataclass(frozen=True, slots=True)
class EngineUp:
    """The engine answers (again). What was steered while it was away must be steered again."""


RoomEvent = (
    EngineJoined
    | EngineLeft
    | TrackPublished
    | TrackUnpublished
    | TrackMuted
    | TrackUnmuted
    | SpeakersChanged
    | EngineRoomFinished
)
EngineEvent = RoomEvent | EngineDown | EngineUp


def client_url(public_url: str) -> str:
    """The URL a client SDK is given: Onstage's own origin as WebSocket; the SDK appends `/rtc…` (design §10.17)."""
    scheme, rest = public_url.rstrip("/").split("://", 1)
    return f"{_WEBSOCKET_SCHEME.get(scheme, scheme)}://{rest}"


class Engine(Protocol):
    """A media engine.

    Every call is bounded in time. All raise `OnstageError(ENGINE_UNAVAILABLE)` when the engine does not answer or
    refuses our own credentials; further codes are named at the call.
    """

    @property
    def internal_url(self) -> str:
        """Where service participants on this machine connect (`ws://…`)."""
        ...

    @property
    def proxy_target(self) -> str | None:
        """Where `/rtc*` of our origin goes (`http://…`); None when the engine lives in this process."""
        ...

    @property
    def can_unhide_live(self) -> bool:
        """Whether `update_permission` can make a hidden participant visible and let it publish on its connection.

        Where it cannot, the client has to join again with a new token after a promotion (design §10.9).
        """
        ...

    def access_token(self, grant: EngineGrant) -> str:
        """A token with which one client joins, valid for `grant.ttl_s` seconds."""
        ...

    async def update_permission(self, grant: EngineGrant) -> None:
        """Make somebody who is connected match `grant`: permissions, attributes, name, metadata.

        Tracks of sources no longer allowed are unpublished. Somebody once visible stays so until they leave, also
        where `grant.hidden` is set: hiding them live would leave a ghost at the others.

        Raises:
            OnstageError: `participant_not_found` when no such identity is connected.
        """
        ...

    async def mute(self, room: str, identity: str, track_id: str) -> None:
        """Mute a track at its publisher. There is no unmuting: people do that themselves.

        Raises:
            OnstageError: `participant_not_found`, `track_not_found`.
        """
        ...

    async def remove(self, room: str, identity: str) -> None:
        """Cut somebody's connection and tell the client why. Nothing happens when they are not there."""
        ...

    async def list_participants(self, room: str) -> list[EngineParticipant]:
        """Everybody connected, hidden ones too, in the order of joining. Empty for a room the engine does not know."""
        ...

    async def end_room(self, room: str) -> None:
        """Disconnect everybody and close the engine's room. Nothing happens when there is none."""
        ...

    async def send_data(
        self, room: str, payload: bytes, *, topic: str, identities: Sequence[str] | None = None
    ) -> None:
        """Send a data message to these identities, or to everybody. One who joined a moment ago may miss it."""
        ...

    def look_at(self, room: str) -> None:
        """Something may have happened in this room that another server was told of: find out, and tell it here."""
        ...

    async def watch(self, room: str) -> None:
        """Begin to report mutes and speakers of this room. Twice is once."""
        ...

    async def unwatch(self, room: str) -> None:
        """Stop reporting mutes and speakers of this room."""
        ...

    def events(self) -> AsyncIterator[EngineEvent]:
        """What happens, in order per room, each fact once; for one reader. Ends at `stop`.

        A slow reader holds back the engine's reports (they are repeated later); only `SpeakersChanged` is dropped.
        """
        ...

    async def start(self) -> None:
        """Make ready for calls.

        Raises:
            StartError: It cannot run here; one line for the operator.
        """
        ...

    async def stop(self) -> None:
        """End everything that was started: children, observers, connections."""
        ...
