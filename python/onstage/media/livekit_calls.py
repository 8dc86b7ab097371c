"""The steering half of the LiveKit engine: RoomService calls, bounded in time, failing in our words."""

from collections.abc import Awaitable, Sequence
from typing import TypeVar

import aiohttp
from livekit.api import LiveKitAPI, TwirpError, TwirpErrorCode
from livekit.protocol.models import DataPacket, ParticipantInfo
from livekit.protocol.room import (
    DeleteRoomRequest,
    ListParticipantsRequest,
    ListRoomsRequest,
    MuteRoomTrackRequest,
    RoomParticipantIdentity,
    SendDataRequest,
    UpdateParticipantRequest,
)

from onstage.errors import ErrorCode, OnstageError
from onstage.media.engine import EngineGrant, EngineParticipant
from onstage.media.livekit_facts import is_service, participant_of, permission_of

CALL_TIMEOUT_S = 4.0
_NOBODY = "onstage:health"

T = TypeVar("T")


class NotThereError(Exception):
    """The engine knows no such room, participant or track."""


class LiveKitCalls:
    """RoomService of one server. Make it on the running event loop; close it."""

    def __init__(self, url: str, api_key: str, api_secret: str) -> None:
        timeout = aiohttp.ClientTimeout(total=CALL_TIMEOUT_S)
        self._api = LiveKitAPI(url, api_key, api_secret, timeout=timeout, failover=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._api.aclose()

    async def check(self) -> None:
        """Return if the server answers and takes our key.

        Raises:
            OnstageError: `engine_unavailable`.
        """
        await _answer(self._api.room.list_rooms(ListRoomsRequest(names=[_NOBODY])))

    async def update_permission(self, grant: EngineGrant) -> None:
        """See `Engine.update_permission`."""
        who = RoomParticipantIdentity(room=grant.room, identity=grant.identity)
        try:
            now = await _answer(self._api.room.get_participant(who))
            update = UpdateParticipantRequest(
                room=grant.room,
                identity=grant.identity,
                name=grant.name,
                metadata=grant.metadata or "",
                attributes=grant.attributes,
                # Hidden live, somebody visible would stay at the others as a ghost with its tracks (ADR 0001).
                permission=permission_of(grant, hidden=grant.hidden and now.permission.hidden),
            )
            await _answer(self._api.room.update_participant(update))
        except NotThereError as cause:
            raise _nobody(grant.identity) from cause

    async def mute(self, room: str, identity: str, track_id: str) -> None:
        """See `Engine.mute`."""
        try:
            who = await _answer(self._api.room.get_participant(RoomParticipantIdentity(room=room, identity=identity)))
        except NotThereError as cause:
            raise _nobody(identity) from cause
        if track_id not in {track.sid for track in who.tracks}:
            raise OnstageError(ErrorCode.TRACK_NOT_FOUND, f"{identity!r} publishes no such track.")
        request = MuteRoomTrackRequest(room=room, identity=identity, track_sid=track_id, muted=True)
        try:
            await _answer(self._api.room.mute_published_track(request))
        except NotThereError as cause:
            raise OnstageError(ErrorCode.TRACK_NOT_FOUND) from cause

    async def remove(self, room: str, identity: str) -> None:
        """See `Engine.remove`."""
        await _if_there(self._api.room.remove_participant(RoomParticipantIdentity(room=room, identity=identity)))

    async def end_room(self, room: str) -> None:
        """See `Engine.end_room`."""
        await _if_there(self._api.room.delete_room(DeleteRoomRequest(room=room)))

    async def list_participants(self, room: str) -> list[EngineParticipant]:
        """See `Engine.list_participants`."""
        found = await _if_there(self._api.room.list_participants(ListParticipantsRequest(room=room)))
        people = [
            participant_of(room, info)
            for info in (found.participants if found is not None else ())
            if info.state == ParticipantInfo.ACTIVE and not is_service(info)
        ]
        return sorted(people, key=lambda one: (one.joined_at, one.connection_id))

    async def send_data(
        self, room: str, payload: bytes, *, topic: str, identities: Sequence[str] | None = None
    ) -> None:
        """See `Engine.send_data`."""
        request = SendDataRequest(
            room=room,
            data=payload,
            kind=DataPacket.RELIABLE,
            destination_identities=list(identities or ()),
            topic=topic,
        )
        if identities is None or identities:  # to nobody is not to everybody
            await _if_there(self._api.room.send_data(request))


async def _answer(call: Awaitable[T]) -> T:
    try:
        return await call
    except TwirpError as error:
        if error.code == TwirpErrorCode.NOT_FOUND:
            raise NotThereError from error
        raise OnstageError(ErrorCode.ENGINE_UNAVAILABLE, f"The media engine answered: {error.code}.") from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise OnstageError(ErrorCode.ENGINE_UNAVAILABLE) from error


async def _if_there(call: Awaitable[T]) -> T | None:
    try:
        return await _answer(call)
    except NotThereError:
        return None


def _nobody(identity: str) -> OnstageError:
    return OnstageError(ErrorCode.PARTICIPANT_NOT_FOUND, f"{identity!r} is not connected to the media engine.")
