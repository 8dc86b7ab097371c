"""Every layout, as it was when somebody looked at it: `python -m tests.composer.gallery` draws them anew.

People are plain colours, so that the pictures hold for any version of fonts and scalers.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from onstage.composer.layout import Scene, arrange
from onstage.composer.overlay import planes_of_image
from onstage.composer.picture import Picture
from onstage.composer.tiles import TileKey
from onstage.composer.video import Painter, Style, View
from onstage.composer.wire import Canvas
from onstage.model.layout import Layout

FOLDER = Path(__file__).parent / "golden"
CANVASES = {"16x9": Canvas(320, 180), "9x16": Canvas(180, 320), "1x1": Canvas(180, 180)}
_COLOURS = [(214, 69, 65), (46, 134, 193), (40, 160, 90), (230, 170, 40), (130, 80, 180), (220, 120, 60)]
_PEOPLE = [TileKey(f"p{n}") for n in range(6)]
_SCREEN = TileKey("p1", is_screen=True)
_BY_ROLE = {"type": "role", "role": "host"}
_CUSTOM = [
    {"x": 0, "y": 0, "width": 100, "height": 60, "who": {"type": "screen_share"}},
    {"x": 4, "y": 40, "width": 30, "height": 40, "z": 1, "who": _BY_ROLE},
    {"x": 40, "y": 66, "width": 25, "height": 30, "who": {"type": "speaker"}},
    {"x": 70, "y": 66, "width": 25, "height": 30},
]
SCENES: dict[str, tuple[dict[str, object], list[TileKey]]] = {
    "grid_of_3": ({"name": "grid"}, _PEOPLE[:3]),
    "grid_of_6": ({"name": "grid", "gap_px": 0, "corner_radius_px": 0}, _PEOPLE),
    "grid_page_2": ({"name": "grid", "max_tiles": 4, "page": 1}, _PEOPLE),
    "spotlight": ({"name": "spotlight"}, _PEOPLE),
    "sidebar": ({"name": "sidebar", "background_color": "#f4efe6"}, _PEOPLE),
    "sidebar_pinned": ({"name": "sidebar", "pins": ["p4"]}, _PEOPLE[:5]),
    "picture_in_picture": ({"name": "picture_in_picture", "corner": "top_left"}, [_SCREEN, *_PEOPLE[:3]]),
    "screen_share": ({"name": "screen_share"}, [_SCREEN, *_PEOPLE[:4]]),
    "custom": ({"name": "custom", "tiles": _CUSTOM}, [_SCREEN, *_PEOPLE[:4]]),
}


def drawn(scene: str, canvas: Canvas) -> Image.Image:
    """The picture of a scene in which p2 has the floor and p0 is a host."""
    settings, seats = SCENES[scene]
    layout = Layout.model_validate(settings)
    painter = Painter(canvas, "")
    tiles = arrange(layout, canvas, Scene(seats, ["p2"], {"p0": "host"}))
    views = [View(tile, "") for tile in tiles]
    painter.lay_out(views, Style.of(layout, canvas))
    for view in views:
        painter.tile(view).paint_picture(_picture_of(view.tile.key))
    return Image.fromarray(painter.frame.to_ndarray(format="rgb24"))


def _picture_of(key: TileKey) -> Picture:
    colour = (250, 250, 250) if key.is_screen else _COLOURS[int(key.identity[1:])]
    planes = planes_of_image(Image.new("RGB", (64, 36), colour))
    return Picture.of_buffer(b"".join(np.ascontiguousarray(plane).tobytes() for plane in planes), 64, 36)


def main() -> None:
    """Draw all of them, to be looked at before they are committed."""
    FOLDER.mkdir(exist_ok=True)
    for scene in SCENES:
        for shape, canvas in CANVASES.items():
            drawn(scene, canvas).save(FOLDER / f"{scene}_{shape}.png", optimize=True)


if __name__ == "__main__":
    main()
