"""What makes, changes and ends a room."""

from pydantic import Field

from onstage.actions.bodies.base import Body, Metadata, Name, RoomName
from onstage.actions.rooms import NewRoom, RoomChange
from onstage.model.template import INTERACTIVE_LIVE_STREAM


class CreateRoom(Body):
    """POST /v1/rooms."""

    name: RoomName
    title: Name | None = None
    template: str = INTERACTIVE_LIVE_STREAM.name
    locked: bool = False
    metadata: Metadata = Field(default_factory=dict)

    def new(self) -> NewRoom:
        """As the action takes it."""
        return NewRoom(self.name, self.title or self.name, self.template, self.locked, self.metadata)


class UpdateRoom(Body):
    """PATCH /v1/rooms/{room}; what is absent stays."""

    name: RoomName | None = None
    title: Name | None = None
    locked: bool | None = None
    metadata: Metadata | None = None

    def change(self) -> RoomChange:
        """As the action takes it."""
        return RoomChange(self.name, self.title, self.locked, self.metadata)


class EndRoom(Body):
    """POST /v1/rooms/{room}/end."""

    reason: Name = "ended"
    lock: bool = False
