"""Rooms, sessions and bans in JSON."""

from typing import Any

from pydantic import Field

from onstage.model.records import Ban, Counts, Room, RoomCounts, Session
from onstage.model.room_settings import RoomSettings
from onstage.model.view import Timestamp, View


class CountsView(View):
    """How many are present at each level, and how many only play the show."""

    stage: int
    audience: int
    viewer: int
    hls: int = Field(description="Who plays the show by its URL without being in the room.")

    @classmethod
    def of(cls, counts: Counts, *, hls: int = 0) -> "CountsView":
        """The counts as others see them."""
        return cls(stage=counts.stage, audience=counts.audience, viewer=counts.viewer, hls=hls)


class RoomCountsView(CountsView):
    """How many are present: at each level, in all, in each role that anybody has, and with a hand up.

    Who only plays the show is in `hls`, and not in `total`.
    """

    total: int
    roles: dict[str, int]
    hands: int

    @classmethod
    def of_room(cls, counts: RoomCounts) -> "RoomCountsView":
        """The counts as others see them."""
        levels = CountsView.of(counts.levels, hls=counts.hls)
        return cls(**dict(levels), total=counts.levels.total, roles=dict(counts.roles), hands=counts.hands)


class SessionView(View):
    """One period during which the room has people. `ends_at`: when it is ended at the latest."""

    id: str
    started_at: Timestamp
    ends_at: Timestamp | None
    ended_at: Timestamp | None
    end_reason: str | None

    @classmethod
    def of(cls, session: Session) -> "SessionView":
        """The session as others see it."""
        return cls(
            id=session.id,
            started_at=session.started_at,
            ends_at=session.ends_at,
            ended_at=session.ended_at,
            end_reason=session.end_reason,
        )


class RoomView(View):
    """A place people join."""

    id: str
    name: str
    title: str
    template: str
    locked: bool
    settings: RoomSettings
    metadata: dict[str, Any]
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, room: Room) -> "RoomView":
        """The room as others see it."""
        return cls(
            id=room.id,
            name=room.name,
            title=room.title,
            template=room.template,
            locked=room.is_locked,
            settings=room.settings,
            metadata=room.metadata,
            created_at=room.created_at,
            updated_at=room.updated_at,
        )


class BanView(View):
    """An identity that may not join. `banned_by` null: your server; `expires_at` null: until it is taken back."""

    identity: str
    room_id: str
    reason: str | None
    banned_by: str | None
    created_at: Timestamp
    expires_at: Timestamp | None

    @classmethod
    def of(cls, ban: Ban) -> "BanView":
        """The ban as those who may see bans see it."""
        return cls(
            identity=ban.identity,
            room_id=ban.room_id,
            reason=ban.reason,
            banned_by=ban.banned_by,
            created_at=ban.created_at,
            expires_at=ban.expires_at,
        )
