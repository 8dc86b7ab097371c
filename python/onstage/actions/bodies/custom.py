"""What apps tell each other in their own words."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from onstage.actions.bodies.base import Body
from onstage.actions.bodies.messages import MOST_ROLES, Kind, Person, RoleName
from onstage.actions.custom import CustomAudience
from onstage.model.texts import json_text

LARGEST_DATA_BYTES = 16_384
MOST_PARTICIPANTS = 100


def _bounded(data: Any) -> Any:
    if len(json_text(data).encode()) > LARGEST_DATA_BYTES:
        raise ValueError(f"larger than {LARGEST_DATA_BYTES} bytes of JSON")
    return data


class SendCustom(Body):
    """POST …/custom: to all, unless `to_roles` or `to_participants` (ids or identities) say to whom."""

    type: Kind
    data: Annotated[Any, AfterValidator(_bounded)] = None
    to_roles: list[RoleName] = Field(default_factory=list, max_length=MOST_ROLES)
    to_participants: list[Person] = Field(default_factory=list, max_length=MOST_PARTICIPANTS)

    def audience(self) -> CustomAudience:
        """As the action takes it."""
        return CustomAudience(frozenset(self.to_roles), frozenset(self.to_participants))
