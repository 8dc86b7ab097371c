"""What apps put on a show's timeline."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from onstage.actions.bodies.base import Body
from onstage.actions.captions import NewCue
from onstage.actions.timed_metadata import NewMetadata
from onstage.model import plain_text
from onstage.model.captions import LONGEST_S, LONGEST_TEXT, Language
from onstage.model.timed_metadata import LONGEST_PAYLOAD, PayloadShape
from onstage.model.timed_metadata import LONGEST_S as LONGEST_METADATA_S
from onstage.model.view import Moment


class SendMetadata(Body):
    """POST /v1/broadcasts/{id}/metadata: a text of the app's own, such as JSON, at this moment of the show."""

    payload: str = Field(min_length=1, max_length=LONGEST_PAYLOAD)
    duration_s: float = Field(default=0.0, ge=0, le=LONGEST_METADATA_S)
    shape: PayloadShape = Field(
        default=PayloadShape.ONSTAGE, description="`100ms`: in the playlist as the players of 100ms look for it."
    )

    def new(self) -> NewMetadata:
        """As the action takes it."""
        return NewMetadata(self.payload, self.duration_s, self.shape)


class Cue(Body):
    """One line: from now unless `starts_at` says; for as long as it takes to read unless `ends_at` says."""

    text: Annotated[str, AfterValidator(plain_text.message)] = Field(min_length=1, max_length=LONGEST_TEXT)
    starts_at: Moment | None = None
    ends_at: Moment | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_at is None:
            return self
        if self.starts_at is None:
            raise ValueError("`ends_at` needs `starts_at`")
        if not timedelta(0) < self.ends_at - self.starts_at <= timedelta(seconds=LONGEST_S):
            raise ValueError(f"a line ends after it starts, within {LONGEST_S:g} seconds")
        return self


class SendCaptions(Body):
    """POST /v1/broadcasts/{id}/captions: lines in one of the broadcast's `captions`."""

    language: Language
    cues: list[Cue] = Field(min_length=1, max_length=100)

    def new(self) -> list[NewCue]:
        """As the action takes them."""
        return [NewCue(cue.text, cue.starts_at, cue.ends_at) for cue in self.cues]
