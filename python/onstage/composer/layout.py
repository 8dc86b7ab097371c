"""Where each tile stands on the canvas, in the order of painting. Pure: who is there and who speaks in, tiles out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from onstage.composer import custom_layout, geometry
from onstage.composer.geometry import Frame
from onstage.composer.tiles import Rect, Tile, TileKey
from onstage.composer.wire import Canvas
from onstage.model.layout import Fit, Layout, LayoutName, LayoutTile


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is to be arranged."""

    seats: Sequence[TileKey]
    """In the order of their tiles (`seating.py`)."""
    floor: Sequence[str] = ()
    """Identities: who has the floor, and who had it before them, the latest first."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """By identity."""


def arrange(layout: Layout, canvas: Canvas, scene: Scene) -> list[Tile]:
    """LayoutTile everybody; one who is alone has the canvas, whatever the layout, unless it is a custom one."""
    if layout.name is LayoutName.CUSTOM:
        places = custom_layout.cast(layout.tiles, scene.seats, scene.floor, scene.roles)
        return [_placed(layout, canvas, place, key) for place, key in places]
    if not scene.seats:
        return []
    frame = Frame.of(canvas, layout.gap_px)
    if len(scene.seats) == 1:
        return _tiles(layout, scene.seats, [frame.whole])
    return _LAYOUTS[layout.name](layout, frame, scene)


def _placed(layout: Layout, canvas: Canvas, place: LayoutTile, key: TileKey) -> Tile:
    rect = geometry.of_percent(canvas, place.x, place.y, place.width, place.height)
    return Tile(key, rect, place.fit or _fit(layout, key))


def _grid(layout: Layout, frame: Frame, scene: Scene) -> list[Tile]:
    """Equal tiles, as large as they can be; more people than tiles are pages."""
    page = min(layout.page, (len(scene.seats) - 1) // layout.max_tiles)
    shown = scene.seats[page * layout.max_tiles : (page + 1) * layout.max_tiles]
    return _tiles(layout, shown, geometry.grid(frame, len(shown)))


def _spotlight(layout: Layout, frame: Frame, scene: Scene) -> list[Tile]:
    """One alone: who is pinned, else a screen, else who has the floor."""
    return _tiles(layout, [_featured(layout, scene)], [frame.whole])


def _sidebar(layout: Layout, frame: Frame, scene: Scene) -> list[Tile]:
    """One large, and a strip of the others."""
    featured = _featured(layout, scene)
    others = [key for key in scene.seats if key != featured]
    stage, strip = geometry.stage_and_strip(frame, min(len(others), layout.max_tiles - 1))
    return _tiles(layout, [featured, *_with_floor(others, len(strip), scene)], [stage, *strip])


def _picture_in_picture(layout: Layout, frame: Frame, scene: Scene) -> list[Tile]:
    """One on the whole canvas, and another small in a corner: who has the floor, else who comes next."""
    featured = _featured(layout, scene)
    others = [key for key in scene.seats if key != featured and not key.is_screen]
    if not others:
        return _tiles(layout, [featured], [frame.whole])
    second = next((key for key in others if scene.floor and key.identity == scene.floor[0]), others[0])
    return _tiles(layout, [featured, second], [frame.whole, geometry.in_corner(frame, layout.corner)])


def _screen_share(layout: Layout, frame: Frame, scene: Scene) -> list[Tile]:
    """A screen large and the people in a strip; without a screen, the people in a grid."""
    is_shared = any(key.is_screen for key in scene.seats)
    return _sidebar(layout.model_copy(update={"pins": ()}), frame, scene) if is_shared else _grid(layout, frame, scene)


_LAYOUTS: dict[LayoutName, Callable[[Layout, Frame, Scene], list[Tile]]] = {
    LayoutName.GRID: _grid,
    LayoutName.SPOTLIGHT: _spotlight,
    LayoutName.SIDEBAR: _sidebar,
    LayoutName.PICTURE_IN_PICTURE: _picture_in_picture,
    LayoutName.SCREEN_SHARE: _screen_share,
}


def _featured(layout: Layout, scene: Scene) -> TileKey:
    pinned = next((TileKey(one) for one in layout.pins if TileKey(one) in scene.seats), None)
    screen = next((key for key in scene.seats if key.is_screen), None)
    speaker = next((TileKey(one) for one in scene.floor if TileKey(one) in scene.seats), None)
    return pinned or screen or speaker or scene.seats[0]


def _with_floor(others: Sequence[TileKey], limit: int, scene: Scene) -> list[TileKey]:
    """The first of them; who has the floor among them, in the last place if need be."""
    shown = list(others[:limit])
    for key in others[limit:]:
        if shown and scene.floor and not key.is_screen and key.identity == scene.floor[0]:
            shown[-1] = key
    return shown


def _tiles(layout: Layout, keys: Sequence[TileKey], rects: Sequence[Rect]) -> list[Tile]:
    return [Tile(key, rect, _fit(layout, key)) for key, rect in zip(keys, rects, strict=True)]


def _fit(layout: Layout, key: TileKey) -> Fit:
    return Fit.CONTAIN if key.is_screen else layout.fit
