"""What a broadcast looks like when nobody says otherwise: the same object in REST and in the store."""

from enum import StrEnum
from typing import Literal

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


class BroadcastDefaults(View):
    """What a broadcast of a room is started with, where its start does not say. When it starts is a room setting."""

    layout: Layout = Layout()
    canvas: CanvasShape = CanvasShape.WIDE
    quality: Quality = Quality.HIGH
    profile: Literal["default"] = "default"
