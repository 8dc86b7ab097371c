"""What requests carry: REST's bodies, and the gateway's `data`. Strict: an unknown field is an error."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from onstage.actions.broadcasts import NewBroadcast
from onstage.actions.messages import LONGEST_TEXT
from onstage.actions.promotion import PromotionRequest
from onstage.actions.rooms import NewRoom, RoomChange
from onstage.actions.tokens import NewToken
from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.model.permission import Permission
from onstage.model.records import LayoutName, Quality
from onstage.model.role import INTERACTIVE_LIVE_STREAM, MediaAllowed, Source

_LARGEST_METADATA_CHARS = 8_192


def _bounded(metadata: dict[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(metadata, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError) as cause:  # NaN, half a surrogate pair, nested without end
        raise ValueError("metadata is not JSON that everybody can read") from cause
    if len(text) > _LARGEST_METADATA_CHARS:
        raise ValueError(f"metadata is larger than {_LARGEST_METADATA_CHARS} characters")
    return metadata


# No control characters: names are shown in pages, pictures and logs.
_PLAIN = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_PLAIN)]
RoomName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")]
Identity = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9@._+-]*$")]
Metadata = Annotated[dict[str, Any], AfterValidator(_bounded)]


class Body(BaseModel):
    """Base of every request body."""

    model_config = ConfigDict(extra="forbid")


AnyBody = TypeVar("AnyBody", bound=Body)


def parse(model: type[AnyBody], data: object) -> AnyBody:
    """`data` as a body.

    Raises:
        OnstageError: `malformed`, with each wrong field.
    """
    try:
        return model.model_validate(data)
    except ValidationError as cause:
        raise OnstageError(ErrorCode.MALFORMED, errors=field_problems(cause.errors())) from cause


def field_problems(errors: Sequence[Any]) -> list[FieldProblem]:
    """Pydantic's findings as ours: a dotted path below the body, and a sentence."""
    return [
        FieldProblem(
            ".".join(str(part) for part in error["loc"] if part != "body") or "body",
            error["msg"].removeprefix("Value error, "),
        )
        for error in errors
    ]


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


class CreateToken(Body):
    """POST /v1/rooms/{room}/tokens. `permissions` come on top of the role's."""

    identity: Identity
    name: Name | None = None
    role: str
    permissions: list[Permission] = Field(default_factory=list)
    metadata: Metadata = Field(default_factory=dict)
    ttl_s: int = Field(default=21_600, ge=30, le=7 * 86_400)

    def new(self) -> NewToken:
        """As the action takes it."""
        return NewToken(
            identity=self.identity,
            name=self.name or self.identity,
            role=self.role,
            permissions=tuple(self.permissions),
            metadata=self.metadata,
            ttl=timedelta(seconds=self.ttl_s),
        )


class CreateCode(Body):
    """POST /v1/rooms/{room}/codes."""

    role: str


class Join(Body):
    """POST /v1/join: with a token, or with a room code and a name."""

    token: str | None = Field(default=None, max_length=16_384)
    code: str | None = Field(default=None, max_length=64)
    name: Name | None = None


class Promote(Body):
    """POST …/promote. Without `force` the participant is asked."""

    role: str | None = None
    permissions: list[Permission] | None = None
    media_allowed: MediaAllowed = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False
    force: bool = False
    expires_in_s: int = Field(default=60, ge=5, le=3_600)

    def asked(self) -> PromotionRequest:
        """As the action takes it."""
        return PromotionRequest(
            role=self.role,
            permissions=None if self.permissions is None else frozenset(self.permissions),
            media_allowed=self.media_allowed,
            join_audio_muted=self.join_audio_muted,
            join_video_muted=self.join_video_muted,
            force=self.force,
            expires_in=timedelta(seconds=self.expires_in_s),
        )


class Demote(Body):
    """POST …/demote. Without `role`: back to where they were."""

    role: str | None = None


class Mute(Body):
    """POST …/mute. Without `source`: all they send. Nobody but themselves can unmute."""

    source: Source | None = None
    muted: Literal[True] = True


class SendMessage(Body):
    """POST …/messages."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]


class Layout(Body):
    """How the people on stage are arranged."""

    name: LayoutName


class HlsOutput(Body):
    """Low-latency HLS from this server."""

    type: Literal["hls"] = "hls"


class StartBroadcast(Body):
    """POST /v1/rooms/{room}/broadcasts."""

    title: Name | None = None
    layout: Layout = Layout(name=LayoutName.GRID)
    canvas: Literal["16:9"] = "16:9"
    quality: Quality = Quality.HIGH
    profile: Literal["default"] = "default"
    outputs: list[HlsOutput] = Field(default_factory=lambda: [HlsOutput()], min_length=1, max_length=1)

    def new(self) -> NewBroadcast:
        """As the action takes it."""
        return NewBroadcast(self.title, self.layout.name, self.quality, self.profile)


class UpdateBroadcast(Body):
    """PATCH /v1/broadcasts/{id}; what is absent stays."""

    title: Name | None = None
    layout: Layout | None = None
