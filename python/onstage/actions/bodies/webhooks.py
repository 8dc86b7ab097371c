"""What makes and changes a webhook endpoint, and what asks for a replay."""

from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, field_validator, model_validator

from onstage.actions.bodies.base import Body
from onstage.actions.deliveries import Range
from onstage.actions.outbox import GROUPS, WEBHOOK_EVENTS
from onstage.actions.webhooks import NewEndpoint
from onstage.model.view import Moment
from onstage.outbound.guard import LONGEST_URL

_KNOWN = frozenset((*WEBHOOK_EVENTS, *GROUPS))


def _known(name: str) -> str:
    if name not in _KNOWN:
        raise ValueError(f"there is no such event; see docs/guides/events.md, or name a group: {', '.join(GROUPS)}")
    return name


def _once_each(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))


EventName = Annotated[str, AfterValidator(_known), Field(examples=["participant.promoted", "broadcast.*"])]
EventNames = Annotated[list[EventName], Field(min_length=1, max_length=len(_KNOWN)), AfterValidator(_once_each)]
Url = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_URL), Field(examples=["https://example.com/hooks"])
]
Description = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]


class CreateWebhook(Body):
    """POST …/webhooks. `events` absent or null: every event that has a `seq`, and what happens to the project."""

    url: Url
    events: EventNames | None = None
    description: Description = ""
    enabled: bool = True

    def new(self) -> NewEndpoint:
        """As the action takes it."""
        events = None if self.events is None else tuple(self.events)
        return NewEndpoint(self.url, events, self.description, self.enabled)


class UpdateWebhook(Body):
    """PATCH /v1/webhooks/{webhook}. What is absent stays; `events` null lifts the filter."""

    url: Url | None = None
    events: EventNames | None = None
    description: Description | None = None
    enabled: bool | None = None

    @field_validator("url", "description", "enabled")
    @classmethod
    def _is_given(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("leave it out to keep it as it is")
        return value

    def changes(self) -> dict[str, Any]:
        """The fields of `NewEndpoint` that change."""
        given = self.model_dump(exclude_unset=True)
        if given.get("events") is not None:
            given["events"] = tuple(given["events"])
        return {"is_enabled" if name == "enabled" else name: value for name, value in given.items()}


class ReplayRange(Body):
    """POST …/replay: what happened from `since` until before `until` (now), of `events` (those of the endpoint)."""

    since: Moment
    until: AwareDatetime | None = None
    events: EventNames | None = None
    cursor: Annotated[str, StringConstraints(pattern=r"^ev_[0-9a-z]{1,60}$")] | None = None

    @model_validator(mode="after")
    def _is_a_range(self) -> "ReplayRange":
        if self.until is not None and self.until <= self.since:
            raise ValueError("`until` is not behind `since`")
        return self

    def range(self) -> Range:
        """As the action takes it."""
        events = None if self.events is None else tuple(self.events)
        return Range(self.since, self.until, events, self.cursor)
