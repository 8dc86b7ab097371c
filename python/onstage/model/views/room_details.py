"""A room with what goes on in it, in JSON."""

from onstage.model.records import Broadcast, Room, Session
from onstage.model.views.broadcasts import BroadcastView
from onstage.model.views.rooms import CountsView, RoomView, SessionView


class RoomDetailsView(RoomView):
    """A room, its open session, who is present, and the newest broadcast that runs; null where there is none."""

    session: SessionView | None
    counts: CountsView
    broadcast: BroadcastView | None

    @classmethod
    def now(
        cls, room: Room, session: Session | None, counts: CountsView, broadcast: Broadcast | None
    ) -> "RoomDetailsView":
        """The room with what goes on in it."""
        return cls(
            **RoomView.of(room).model_dump(),
            session=None if session is None else SessionView.of(session),
            counts=counts,
            broadcast=None if broadcast is None else BroadcastView.of(broadcast),
        )
