"""What a broadcast looks like when nobody says otherwise: the same object in REST and in the store."""

from enum import StrEnum
from typing import Literal

from onstage.model.view import View


class LayoutName(StrEnum):
    """The arrangements the composer knows."""

    GRID = "grid"
    SPOTLIGHT = "spotlight"


class Quality(StrEnum):
    """Presets of canvas height and bit rate."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    ULTRA = "ultra"


class LayoutDefaults(View):
    """How the people on stage are arranged."""

    name: LayoutName = LayoutName.GRID


class BroadcastDefaults(View):
    """What a broadcast of a room is started with, where its start does not say. When it starts is a room setting."""

    layout: LayoutDefaults = LayoutDefaults()
    quality: Quality = Quality.HIGH
    profile: Literal["default"] = "default"
