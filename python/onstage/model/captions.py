"""Captions: what is said in a show, as text that apps send and players show (WebVTT)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from onstage.model.ids import BroadcastId
from onstage.model.texts import Name
from onstage.model.view import View

LONGEST_TEXT = 500
LONGEST_S = 60.0
MOST_LANGUAGES = 8
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$", description="As in BCP 47.")]


class CaptionTrack(View):
    """Captions in one language that players may show."""

    language: Language
    name: Name = Field(description="What people choose it by: `English`.")


def _differ(tracks: tuple[CaptionTrack, ...]) -> tuple[CaptionTrack, ...]:
    if len({track.language.lower() for track in tracks}) < len(tracks):
        raise ValueError("each language is named once")
    return tracks


Captions = Annotated[
    tuple[CaptionTrack, ...],
    Field(max_length=MOST_LANGUAGES, description="Languages in which there will be captions; players list them."),
    AfterValidator(_differ),
]


@dataclass(frozen=True, slots=True)
class Caption:
    """A line. The times are those at which what is seen and heard then was filmed (PROGRAM-DATE-TIME)."""

    id: str
    broadcast_id: BroadcastId
    language: str
    starts_at: datetime
    ends_at: datetime
    text: str
