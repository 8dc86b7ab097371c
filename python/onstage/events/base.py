"""What an event is, what is promised about it, and who hears of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from onstage.model.views import View


class Delivery(StrEnum):
    """What is promised about an event (design §10.1)."""

    STATE = "state"
    MESSAGE = "message"
    EPHEMERAL = "ephemeral"


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who in the room hears of an event. The project's webhooks hear of every event with a row."""

    everyone: bool = False
    participant_ids: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()

    def include(self, participant_id: str, role: str) -> bool:
        """Whether that participant, who is in that role at the time of the event, hears of it."""
        return self.everyone or participant_id in self.participant_ids or role in self.roles

    @classmethod
    def only(cls, *participant_ids: str | None) -> "Recipients":
        """Only these participants; None stands for the server, which has no gateway."""
        return cls(participant_ids=frozenset(one for one in participant_ids if one is not None))


EVERYONE = Recipients(everyone=True)
NOBODY = Recipients()
"""Nobody in the room: only the project's webhooks."""
NOT_OF_VIEWERS = "everybody in the room; of a viewer, only that viewer"
OF_VIEWERS_WITH_HANDS = "everybody in the room; of a viewer whose hand is down, only that viewer"
PROJECT_ONLY = "nobody in the room, only the project's webhooks"


class EventData(View):
    """Base of an event's `data`. Carries the whole of what changed, so that a client only puts it in place."""

    NAME: ClassVar[str]
    DELIVERY: ClassVar[Delivery] = Delivery.STATE
    TOLD_TO: ClassVar[str] = "everybody in the room"

    @classmethod
    def merged(cls, older: str, newer: str) -> str:  # noqa: ARG003 - what most events leave out
        """What one reader is told of two ephemeral events that they have not read yet, as JSON: the newer."""
        return newer
