"""What a broadcast is fed to."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from onstage.actions.bodies.base import Body
from onstage.actions.output_making import NewOutput
from onstage.actions.target_urls import NewTarget
from onstage.model.outputs import OutputType
from onstage.outbound.guard import LONGEST_URL


class HlsOutput(Body):
    """Low-latency HLS from this server, which every broadcast is made as."""

    type: Literal["hls"] = "hls"

    def new(self) -> NewOutput:
        """As the action takes it."""
        return NewOutput(OutputType.HLS)


class RtmpOutput(Body):
    """A live target: `rtmp(s)://host[:port]/app`, with its stream key by itself or as the last part of the URL."""

    type: Literal["rtmp"]
    url: str = Field(min_length=1, max_length=LONGEST_URL, repr=False)
    stream_key: str | None = Field(
        None,
        min_length=1,
        max_length=500,
        pattern=r"^[\x21-\x7e]+$",
        repr=False,
        description="Kept sealed, and never shown again.",
    )

    def new(self) -> NewOutput:
        """As the action takes it."""
        return NewOutput(OutputType.RTMP, NewTarget(self.url, self.stream_key))


class RecordingOutput(Body):
    """The show is kept as it goes, to be played afterwards; one a broadcast at a time."""

    type: Literal["recording"]
    keep_days: int | None = Field(
        None, ge=1, le=3650, description="Days after its end until it is deleted; null keeps it until somebody does."
    )

    def new(self) -> NewOutput:
        """As the action takes it."""
        return NewOutput(OutputType.RECORDING, keep_days=self.keep_days)


class AddedOutput(Body):
    """POST /v1/broadcasts/{id}/outputs: a live target, or a recording."""

    type: Literal["rtmp", "recording"]
    url: str | None = Field(None, min_length=1, max_length=LONGEST_URL, repr=False, description="Of type `rtmp`.")
    stream_key: str | None = Field(
        None, min_length=1, max_length=500, pattern=r"^[\x21-\x7e]+$", repr=False, description="Of type `rtmp`."
    )
    keep_days: int | None = Field(None, ge=1, le=3650, description="Of type `recording`.")

    @model_validator(mode="after")
    def _fit_its_type(self) -> Self:
        if self.type == "rtmp" and (self.url is None or self.keep_days is not None):
            raise ValueError("an output of type `rtmp` has a `url`, and no `keep_days`")
        if self.type == "recording" and (self.url, self.stream_key) != (None, None):
            raise ValueError("an output of type `recording` has no `url` and no `stream_key`")
        return self

    def new(self) -> NewOutput:
        """As the action takes it."""
        if self.url is None:
            return NewOutput(OutputType.RECORDING, keep_days=self.keep_days)
        return NewOutput(OutputType.RTMP, NewTarget(self.url, self.stream_key))


AnyOutput = Annotated[HlsOutput | RtmpOutput | RecordingOutput, Field(discriminator="type")]
