"""How synthetic people look and sound: a colour that stays when they flash, and a tone, each their own."""

from dataclasses import asdict, dataclass
from typing import Any

DARK, BRIGHT = 70, 180
"""Luma between beats and in them."""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody's colour (chroma U and V; it is the same in a flash), tone in Hz, and what of it they send."""

    identity: str
    chroma: tuple[int, int]
    tone_hz: int
    has_camera: bool = True
    has_microphone: bool = True
    screen_chroma: tuple[int, int] | None = None
    """They share a screen of that colour as well, which flashes in the same beat."""

    @property
    def data(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Look":
        """From JSON, which knows no tuples."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**fields)


ANN = Look("ann", (80, 80), 400)
BOB = Look("bob", (180, 90), 700)
CID = Look("cid", (90, 180), 1000)
DEE = Look("dee", (190, 170), 1300)
SCREEN_CHROMA = (60, 128)
