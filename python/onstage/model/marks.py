"""What a show can mark on its timeline by itself, as timed metadata."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field


class Mark(StrEnum):
    """A kind of marks."""

    PROMOTION = "promotion"
    POLL = "poll"
    SPEAKER = "speaker"


def _in_order(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    return tuple(kind for kind in Mark if kind in marks)


MarkedKinds = Annotated[
    tuple[Mark, ...],
    Field(max_length=9, description="What is marked on the show's timeline as timed metadata; each once."),
    AfterValidator(_in_order),
]
