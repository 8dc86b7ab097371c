"""What lies on a show's timeline, in JSON."""

from onstage.model.captions import Caption
from onstage.model.timed_metadata import PayloadShape, TimedMetadata
from onstage.model.view import Timestamp, View


class TimedMetadataView(View):
    """A text at a moment of the show. `at` is the PROGRAM-DATE-TIME of what is seen then."""

    id: str
    broadcast_id: str
    at: Timestamp
    duration_s: float
    payload: str
    shape: PayloadShape

    @classmethod
    def of(cls, item: TimedMetadata) -> "TimedMetadataView":
        """As its sender and the app's servers see it."""
        return cls(
            id=item.id,
            broadcast_id=item.broadcast_id,
            at=item.at,
            duration_s=item.duration_s,
            payload=item.payload,
            shape=item.shape,
        )


class CaptionView(View):
    """A line of captions. The times are PROGRAM-DATE-TIME."""

    id: str
    language: str
    starts_at: Timestamp
    ends_at: Timestamp
    text: str

    @classmethod
    def of(cls, cue: Caption) -> "CaptionView":
        """As its sender sees it."""
        return cls(id=cue.id, language=cue.language, starts_at=cue.starts_at, ends_at=cue.ends_at, text=cue.text)


class CaptionsView(View):
    """The lines that were taken."""

    cues: list[CaptionView]
