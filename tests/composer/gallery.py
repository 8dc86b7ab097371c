"""Every layout, as it was when somebody looked at it: `python -m tests.composer.gallery` draws them anew.

People are plain colours, so that the pictures hold for any version of fonts and scalers.
"""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from onstage.composer.composition import Composition
from onstage.composer.overlay import planes_of_image
from onstage.composer.picture import Picture
from onstage.composer.stage import Stage
from onstage.composer.tiles import TileKey
from onstage.composer.wire import Canvas
from onstage.model.layout import Layout
from onstage.model.look import Look
from onstage.model.presentation import Presentation

FOLDER = Path(__file__).parent / "golden"
PICTURES = Path(__file__).parents[2] / "docs" / "pictures" / "looks"
CANVASES = {"16x9": Canvas(320, 180), "9x16": Canvas(180, 320), "1x1": Canvas(180, 180)}
_COLOURS = [(214, 69, 65), (46, 134, 193), (40, 160, 90), (230, 170, 40), (130, 80, 180), (220, 120, 60)]
_PEOPLE = [TileKey(f"p{n}") for n in range(6)]
_NAMES = ["Ann", "Bob", "Ada Lovelace", "محمد", "田中", "Zoë"]
_SCREEN = TileKey("p1", is_screen=True)
_BY_ROLE = {"type": "role", "role": "host"}
_CUSTOM = [
    {"x": 0, "y": 0, "width": 100, "height": 60, "who": {"type": "screen_share"}},
    {"x": 4, "y": 40, "width": 30, "height": 40, "z": 1, "who": _BY_ROLE},
    {"x": 40, "y": 66, "width": 25, "height": 30, "who": {"type": "speaker"}},
    {"x": 70, "y": 66, "width": 25, "height": 30},
]
_PLAIN: dict[str, object] = {"show_muted": False, "show_speaking": False, "transition": {"kind": "none"}}
_BARE: dict[str, object] = {"show_names": False}


@dataclass(frozen=True)
class Shot:
    """A layout, a look, and who is on stage."""

    layout: dict[str, object]
    seats: list[TileKey]
    look: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] | None = None
    """Another layout, so many ticks after which the picture is taken."""
    ticks: int = 1


SCENES = {
    "grid_of_3": Shot({"name": "grid"}, _PEOPLE[:3]),
    "grid_of_6": Shot({"name": "grid", "gap_px": 0, "corner_radius_px": 0}, _PEOPLE),
    "grid_page_2": Shot({"name": "grid", "max_tiles": 4, "page": 1}, _PEOPLE),
    "spotlight": Shot({"name": "spotlight"}, _PEOPLE),
    "sidebar": Shot({"name": "sidebar", "background_color": "#f4efe6"}, _PEOPLE),
    "sidebar_pinned": Shot({"name": "sidebar", "pins": ["p4"]}, _PEOPLE[:5]),
    "picture_in_picture": Shot({"name": "picture_in_picture", "corner": "top_left"}, [_SCREEN, *_PEOPLE[:3]]),
    "screen_share": Shot({"name": "screen_share"}, [_SCREEN, *_PEOPLE[:4]]),
    "custom": Shot({"name": "custom", "tiles": _CUSTOM}, [_SCREEN, *_PEOPLE[:4]]),
    "background_and_logo": Shot(
        {"name": "grid"},
        _PEOPLE[:3],
        {"background_image": "img_sky", "logo": {"image": "img_logo", "height_percent": 14, "opacity": 0.8}},
    ),
    "speaking_and_muted": Shot({"name": "grid"}, _PEOPLE[:4], {"show_muted": True, "show_speaking": True}),
    "moving": Shot(
        {"name": "grid"},
        _PEOPLE[:4],
        {"transition": {"kind": "ease", "duration_ms": 400}},
        after={"name": "sidebar"},
        ticks=5,
    ),
}
TEXTS = {
    "title_and_lower_third": Shot(
        {"name": "sidebar"},
        _PEOPLE[:3],
        {
            "show_title": True,
            "lower_thirds": [{"identity": "p2", "title": "Ada Lovelace", "subtitle": "CEO, Example"}],
            "logo": {"image": "img_logo", "height_percent": 9},
            "background_image": "img_sky",
        },
    ),
    "audio_only": Shot(
        {"name": "grid"},
        _PEOPLE[:4],
        {"audio_only": True, "show_speaking": True, "show_muted": True, "avatars": {"p1": "img_sky"}},
    ),
}
"""With letters in them, which look a little different with other fonts: for the guide alone."""
FOR_THE_GUIDE = ["background_and_logo", "speaking_and_muted", "moving", *TEXTS]


def drawn(scene: str, canvas: Canvas) -> Image.Image:
    """The picture of a scene in which p2 has the floor and p0 is a host."""
    return taken(SCENES[scene], canvas, names=False)


def taken(shot: Shot, canvas: Canvas, *, names: bool) -> Image.Image:
    """The picture, taken of a stage on a clock that stands still."""
    now_s = [100.0]
    stage = _stage(shot, now_s, names=names)
    look = Look.model_validate(_PLAIN | shot.look)
    layouts = [Layout.model_validate(one if names else one | _BARE) for one in (shot.layout, shot.after) if one]
    composition = Composition(
        canvas, Presentation("The Analytical Engine", layouts[0], look=look), stage, lambda: now_s[0]
    )
    for name, image in _images().items():
        composition.images.put(name, image)
    for _ in range(20):
        composition.paint()
    composition.present(Presentation("The Analytical Engine", layouts[-1], look=look))
    for _ in range(shot.ticks):
        composition.paint()
    return Image.fromarray(composition.frame.to_ndarray(format="rgb24"))


def _stage(shot: Shot, now_s: list[float], *, names: bool) -> Stage:
    stage = Stage(lambda: now_s[0])
    for number, key in enumerate(sorted({TileKey(one.identity) for one in shot.seats}, key=_PEOPLE.index)):
        name = _NAMES[int(key.identity[1:])] if names else key.identity
        role = "host" if key.identity == "p0" else "guest"
        stage.enter(key.identity, name=name, level="stage", role=role, joined_at_s=number)
        if number != 1:
            stage.add_sound(key.identity, f"mic-{key.identity}")
    for key in shot.seats:
        feed = stage.add_feed(key.identity, f"{key}", is_screen=key.is_screen)
        feed.put(_picture_of(key), now_s[0])
    stage.heard(["p2"])
    now_s[0] += 1
    stage.floor()
    return stage


def _picture_of(key: TileKey) -> Picture:
    colour = (250, 250, 250) if key.is_screen else _COLOURS[int(key.identity[1:])]
    planes = planes_of_image(Image.new("RGB", (64, 36), colour))
    return Picture.of_buffer(b"".join(np.ascontiguousarray(plane).tobytes() for plane in planes), 64, 36)


def _images() -> dict[str, bytes]:
    """A sky that gets lighter downwards, and a logo with a hole."""
    shades = Image.linear_gradient("L").resize((96, 54))
    sky = Image.merge("RGB", (shades.point(lambda one: one // 3), shades.point(lambda one: one // 2), shades))
    logo = Image.new("RGBA", (40, 20))
    ImageDraw.Draw(logo).rectangle((0, 0, 39, 19), outline=(255, 255, 255, 255), width=5, fill=(240, 90, 60, 255))
    ImageDraw.Draw(logo).ellipse((14, 4, 25, 15), fill=(0, 0, 0, 0))
    files = {"img_sky": BytesIO(), "img_logo": BytesIO()}
    sky.save(files["img_sky"], "PNG")
    logo.save(files["img_logo"], "PNG")
    return {name: file.getvalue() for name, file in files.items()}


def main() -> None:
    """Draw all of them, to be looked at before they are committed."""
    FOLDER.mkdir(exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    for scene in SCENES:
        for shape, canvas in CANVASES.items():
            drawn(scene, canvas).save(FOLDER / f"{scene}_{shape}.png", optimize=True)
    for scene in FOR_THE_GUIDE:
        shot = (SCENES | TEXTS)[scene]
        taken(shot, Canvas(640, 360), names=True).save(PICTURES / f"{scene}.png", optimize=True)


if __name__ == "__main__":
    main()
