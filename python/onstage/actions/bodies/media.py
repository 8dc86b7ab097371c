"""What plays media into a show, and changes how."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from onstage.actions.bodies.base import Body, Name
from onstage.actions.media_playbacks import NewPlayback, PlaybackChange
from onstage.model.playbacks import ShownAs
from onstage.outbound.guard import LONGEST_URL

_LONGEST_MS = 24 * 3600 * 1000
Volume = Annotated[int, Field(ge=0, le=200, description="100 is as loud as in the file.")]
Position = Annotated[int, Field(ge=0, le=_LONGEST_MS)]
FileUrl = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_URL), Field(examples=["https://example.com/intro.mp4"])
]


class PlayMedia(Body):
    """POST /v1/broadcasts/{broadcast}/media: what to play, by `url` or by `media_id`, and how.

    `tile`: beside the people, where a shared screen would be; `full`: over the whole canvas; `sound`: only heard.
    """

    url: FileUrl | None = None
    media_id: str | None = Field(None, min_length=1, max_length=120)
    title: Name | None = None
    shown_as: ShownAs = ShownAs.TILE
    volume_percent: Volume = 100
    is_muted: bool = False
    is_paused: bool = False
    loop: bool = False
    start_ms: Position = 0

    @model_validator(mode="after")
    def _says_what(self) -> "PlayMedia":
        if (self.url is None) == (self.media_id is None):
            raise ValueError("give either `url` or `media_id`")
        return self

    def new(self) -> NewPlayback:
        """As the action takes it."""
        return NewPlayback(
            url=self.url,
            media_id=self.media_id,
            title=self.title or "",
            shown_as=self.shown_as,
            volume_percent=self.volume_percent,
            is_muted=self.is_muted,
            is_paused=self.is_paused,
            is_looping=self.loop,
            start_ms=self.start_ms,
        )


class UpdateMedia(Body):
    """PATCH /v1/broadcasts/{broadcast}/media/{playback}; what is absent stays."""

    volume_percent: Volume | None = None
    is_muted: bool | None = None
    is_paused: bool | None = None
    loop: bool | None = None
    position_ms: Position | None = None

    def change(self) -> PlaybackChange:
        """As the action takes it."""
        return PlaybackChange(self.volume_percent, self.is_muted, self.is_paused, self.loop, self.position_ms)
