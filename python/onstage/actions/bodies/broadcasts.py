"""What starts and changes a broadcast."""

from typing import Literal

from pydantic import Field

from onstage.actions.bodies.base import Body, Name
from onstage.actions.broadcasts import NewBroadcast
from onstage.model.records import LayoutName, Quality


class Layout(Body):
    """How the people on stage are arranged."""

    name: LayoutName


class HlsOutput(Body):
    """Low-latency HLS from this server."""

    type: Literal["hls"] = "hls"


class StartBroadcast(Body):
    """POST /v1/rooms/{room}/broadcasts. What is absent is as the room's template says."""

    title: Name | None = None
    layout: Layout | None = None
    canvas: Literal["16:9"] = "16:9"
    quality: Quality | None = None
    profile: Literal["default"] | None = None
    outputs: list[HlsOutput] = Field(default_factory=lambda: [HlsOutput()], min_length=1, max_length=1)

    def new(self) -> NewBroadcast:
        """As the action takes it."""
        layout = None if self.layout is None else self.layout.name
        return NewBroadcast(self.title, layout, self.quality, self.profile)


class UpdateBroadcast(Body):
    """PATCH /v1/broadcasts/{id}; what is absent stays."""

    title: Name | None = None
    layout: Layout | None = None
