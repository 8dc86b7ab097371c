"""How the picture looks around its tiles, as the composer paints it: colours as numbers, lengths in its own pixels."""

from dataclasses import dataclass
from typing import Self

from onstage.composer import artwork
from onstage.composer.geometry import scaled
from onstage.composer.images import Images, KeptImage
from onstage.composer.lettering import Colour
from onstage.composer.wire import Canvas
from onstage.model.look import Theme
from onstage.model.presentation import Presentation

_RING_PX = 6  # of a canvas whose shorter side is 720


@dataclass(frozen=True, slots=True)
class Palette:
    """The theme's colours."""

    accent: Colour = (61, 126, 255)
    ink: Colour = artwork.INK
    label: Colour = artwork.LABEL
    speaking: Colour = (53, 196, 106)

    @classmethod
    def of(cls, theme: Theme) -> Self:
        """As the look says."""
        return cls(*map(colour_of, (theme.accent_color, theme.ink_color, theme.label_color, theme.speaking_color)))


@dataclass(frozen=True, slots=True)
class Style:
    """What all tiles have in common, and what they lie on."""

    background: Colour = artwork.BACKGROUND
    corner_radius: int = artwork.CORNER_RADIUS
    backdrop: KeptImage | None = None
    ring: int = _RING_PX
    palette: Palette = Palette()

    @classmethod
    def of(cls, presentation: Presentation, canvas: Canvas, images: Images) -> Self:
        """As layout and look say."""
        layout, look = presentation.layout, presentation.look
        return cls(
            background=colour_of(layout.background_color),
            corner_radius=scaled(layout.corner_radius_px, canvas),
            backdrop=images.get(look.background_image),
            ring=max(scaled(_RING_PX, canvas), 2),
            palette=Palette.of(look.theme),
        )


def colour_of(text: str) -> Colour:
    """`#rrggbb` as numbers."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
