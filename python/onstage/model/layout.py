"""How the people on stage are arranged in the picture: the same object in REST, in the store and in the composer."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from onstage.model.merge_patch import merged
from onstage.model.texts import Identity
from onstage.model.view import View

MOST_TILES = 25
Percent = Annotated[float, Field(ge=0, le=100)]


class LayoutName(StrEnum):
    """The arrangements the composer knows."""

    GRID = "grid"
    SPOTLIGHT = "spotlight"
    SIDEBAR = "sidebar"
    PICTURE_IN_PICTURE = "picture_in_picture"
    SCREEN_SHARE = "screen_share"
    CUSTOM = "custom"


class Fit(StrEnum):
    """How a picture of another shape fills its tile."""

    COVER = "cover"  # fill it, lose the edges: faces
    CONTAIN = "contain"  # show all of it, leave bars: screens


class Corner(StrEnum):
    """Where the small tile lies."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


class TileForParticipant(View):
    """That participant."""

    type: Literal["participant"]
    identity: Identity


class TileForRole(View):
    """The first of that role on stage, or one behind."""

    type: Literal["role"]
    role: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    index: int = Field(default=0, ge=0, lt=MOST_TILES)


class TileForSpeaker(View):
    """Who has the floor (0), had it before (1), and so on; while too few have spoken, whoever has no tile."""

    type: Literal["speaker"]
    index: int = Field(default=0, ge=0, lt=MOST_TILES)


class TileForScreen(View):
    """A shared screen: the first, or one behind."""

    type: Literal["screen_share"]
    index: int = Field(default=0, ge=0, lt=MOST_TILES)


class TileForNext(View):
    """The next participant who has no tile otherwise."""

    type: Literal["next"]


Who = Annotated[
    TileForParticipant | TileForRole | TileForSpeaker | TileForScreen | TileForNext, Field(discriminator="type")
]


class LayoutTile(View):
    """One tile of a custom layout, in percent of the canvas. Of tiles that overlap, the higher `z` lies above."""

    x: Percent
    y: Percent
    width: Percent = Field(gt=0)
    height: Percent = Field(gt=0)
    z: int = Field(default=0, ge=-100, le=100)
    who: Who = TileForNext(type="next")
    fit: Fit | None = Field(default=None, description="Null: as the layout says for cameras; screens are shown whole.")

    @model_validator(mode="after")
    def _is_on_canvas(self) -> Self:
        if self.x + self.width > 100 or self.y + self.height > 100:
            raise ValueError("the tile must lie within the canvas: x + width and y + height are at most 100")
        return self


class Layout(View):
    """An arrangement, and how it looks. Lengths are pixels of a canvas whose shorter side is 720."""

    name: LayoutName = LayoutName.GRID
    pins: tuple[Identity, ...] = Field(
        default=(), max_length=MOST_TILES, description="Identities who come first; the first of them is featured."
    )
    max_tiles: int = Field(default=16, ge=1, le=MOST_TILES, description="Tiles at once.")
    page: int = Field(
        default=0, ge=0, le=1_000, description="Of a grid of more people than tiles; beyond the last: the last."
    )
    corner: Corner = Field(default=Corner.BOTTOM_RIGHT, description="Of the small tile in `picture_in_picture`.")
    tiles: tuple[LayoutTile, ...] = Field(
        default=(), max_length=MOST_TILES, description="Of `custom`, and of no other."
    )
    fit: Fit = Field(default=Fit.COVER, description="How cameras fill their tiles.")
    gap_px: int = Field(default=12, ge=0, le=100, description="Between tiles, and around them.")
    corner_radius_px: int = Field(default=12, ge=0, le=100, description="Of tiles that lie on the background.")
    background_color: str = Field(default="#111318", pattern=r"^#[0-9a-fA-F]{6}$")
    show_names: bool = True

    @model_validator(mode="after")
    def _has_tiles_if_custom(self) -> Self:
        if (self.name is LayoutName.CUSTOM) is not bool(self.tiles):
            raise ValueError("`tiles` belong to the layout `custom`, which needs at least one")
        if len(set(self.pins)) < len(self.pins):
            raise ValueError("each identity is pinned once")
        return self

    def patched(self, patch: Mapping[str, Any]) -> "Layout":
        """This layout with a merge patch (RFC 7396) applied; tiles go when another layout takes over.

        Raises:
            ValidationError: the outcome is no layout.
        """
        changed = merged(self.model_dump(mode="json"), patch)
        if changed.get("name") != LayoutName.CUSTOM and "tiles" not in patch:
            changed["tiles"] = []
        return Layout.model_validate(changed)
