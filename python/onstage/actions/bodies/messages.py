"""What is said, and which of what was said is read."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from onstage.actions.bodies.base import Body, Metadata, Name
from onstage.actions.message_history import HistoryQuery
from onstage.actions.messages import LONGEST_TEXT, MessageOptions
from onstage.model import plain_text

MOST_ROLES = 20
RoleName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
Person = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,120}$")]
"""A participant, by id or identity."""
Kind = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,39}$")]
"""What an app tells its messages and events apart by."""

_ID = r"^[\x21-\x7e]{1,64}$"


class SendMessage(Body):
    """POST …/messages: to all, unless `to_roles` or `to_participant` (an id or identity) says to whom.

    `name` is the sender's, for a server. `type` is the app's own; `chat` is what the ready-made pages show.
    """

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(plain_text.message)]
    type: Kind = "chat"
    metadata: Metadata = Field(default_factory=dict)
    to_roles: list[RoleName] = Field(default_factory=list, max_length=MOST_ROLES)
    to_participant: Person | None = None
    name: Name | None = None

    @model_validator(mode="after")
    def _is_to_one_kind(self) -> "SendMessage":
        if self.to_roles and self.to_participant is not None:
            raise ValueError("a message is to roles or to one participant")
        return self

    def options(self) -> MessageOptions:
        """As the action takes it."""
        return MessageOptions(
            type=self.type,
            metadata=self.metadata,
            to_roles=tuple(dict.fromkeys(self.to_roles)),
            to_participant=self.to_participant,
            sender_name=self.name,
        )


class ReadMessages(BaseModel):
    """GET /v1/sessions/{session}/messages: a query, in which numbers are text."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=50, ge=1, le=200, description="How many at most.")
    cursor: str | None = Field(
        default=None,
        pattern=_ID,
        description="`next_cursor` of the page before, or a message's id.",
    )
    direction: Literal["before", "after"] | None = Field(
        default=None, description="Older or newer ones than the cursor; `before` unless `after_seq` is given."
    )
    after_seq: int | None = Field(
        default=None, ge=0, le=2**53 - 1, description="Begin behind this `seq`, as the gateway's `dropped` says it."
    )
    type: Kind | None = Field(default=None, description="Only messages of this type.")
    pinned: bool | None = Field(default=None, description="Only those pinned, or those not.")

    @model_validator(mode="after")
    def _goes_one_way(self) -> "ReadMessages":
        if self.after_seq is not None and self.direction == "before":
            raise ValueError("behind a `seq` are newer messages, so the direction is `after`")
        return self

    def query(self) -> HistoryQuery:
        """As the action takes it."""
        is_newer = self.direction == "after" or (self.direction is None and self.after_seq is not None)
        return HistoryQuery(
            limit=self.limit,
            cursor=self.cursor,
            is_newer=is_newer,
            after_seq=self.after_seq,
            type=self.type,
            is_pinned=self.pinned,
        )


class ReadRoomMessages(ReadMessages):
    """GET /v1/rooms/{room}/messages."""

    session: str | None = Field(default=None, pattern=_ID, description="Another session's, for your server.")
