"""What a broadcast is fed to."""

from typing import Annotated, Literal

from pydantic import Field

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


AnyOutput = Annotated[HlsOutput | RtmpOutput, Field(discriminator="type")]
