"""What makes, changes and ends a room."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from onstage.actions.bodies.base import Body
from onstage.actions.bodies.patches import patch_of
from onstage.actions.making import NewRoom
from onstage.actions.rooms import RoomChange
from onstage.model.records import EndReason
from onstage.model.room_settings import RoomSettings
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.model.texts import Metadata, Name, Reference, RoomName

if TYPE_CHECKING:  # a class made at run time is no type to mypy
    SettingsPatch = Body
else:
    SettingsPatch = patch_of(RoomSettings)


class CreateRoom(Body):
    """POST /v1/rooms. What `settings` leaves out, or has as null, is as the template says."""

    name: RoomName
    title: Name | None = None
    template: Reference = INTERACTIVE_LIVE_STREAM.name
    locked: bool = False
    metadata: Metadata = Field(default_factory=dict)
    settings: SettingsPatch | None = None

    def new(self) -> NewRoom:
        """As the action takes it."""
        settings = _given(self.settings) or {}
        return NewRoom(self.name, self.title or self.name, self.template, self.locked, self.metadata, settings)


class UpdateRoom(Body):
    """PATCH /v1/rooms/{room}; what is absent stays. `settings` is a merge patch (RFC 7396)."""

    name: RoomName | None = None
    title: Name | None = None
    template: Reference | None = None
    locked: bool | None = None
    metadata: Metadata | None = None
    settings: SettingsPatch | None = None

    def change(self) -> RoomChange:
        """As the action takes it."""
        settings = _given(self.settings)
        return RoomChange(self.name, self.title, self.template, self.locked, self.metadata, settings)


def _given(patch: Body | None) -> dict[str, Any] | None:
    return None if patch is None else patch.model_dump(mode="json", exclude_unset=True)


class EndRoom(Body):
    """POST /v1/rooms/{room}/end."""

    reason: Name = EndReason.ENDED.value
    lock: bool = False
