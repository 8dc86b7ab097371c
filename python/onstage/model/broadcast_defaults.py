"""What a broadcast looks like when nobody says otherwise: the same object in REST and in the store."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from onstage.model.layout import Layout
from onstage.model.view import View


class CanvasShape(StrEnum):
    """Width to height of the composed picture."""

    WIDE = "16:9"
    UPRIGHT = "9:16"
    SQUARE = "1:1"


class Quality(StrEnum):
    """Presets of canvas height and bit rate."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    ULTRA = "ultra"


LONGEST_S = 7 * 86_400
"""Seconds: the longest `max_duration_s`."""


class BroadcastDefaults(View):
    """What a broadcast of a room is started with, where its start does not say. When it starts is a room setting."""

    layout: Layout = Layout()
    canvas: CanvasShape = CanvasShape.WIDE
    quality: Quality = Quality.HIGH
    profile: Literal["default"] = "default"
    max_duration_s: int | None = Field(
        default=None,
        ge=0,
        le=LONGEST_S,
        description="Seconds after it went live at which a broadcast is stopped; null and 0 are never.",
    )
    max_broadcasts: int = Field(
        default=1, ge=1, le=10, description="Broadcasts of one room at the same time; a start beyond them is refused."
    )
