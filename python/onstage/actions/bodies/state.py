"""What is written into the session's key-value store."""

from pydantic import Field

from onstage.actions.bodies.base import Body, JsonValue

IfVersion = Field(
    default=None, ge=0, le=2**31 - 1, description="Only if the key is at this version now; 0: only if there is none."
)


class SetState(Body):
    """PUT …/state/{key}: any JSON value; null deletes the key."""

    value: JsonValue
    if_version: int | None = IfVersion
