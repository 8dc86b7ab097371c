"""What lies on and around the people in the picture: the same object in REST, in the store and in the composer."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from onstage.model.ids import Prefix
from onstage.model.layout import MOST_TILES, Corner
from onstage.model.merge_patch import merged
from onstage.model.texts import Identity, Name
from onstage.model.view import View

LONGEST_IMAGE_URL = 2_000
ImageRef = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_IMAGE_URL, pattern=r"^[\x21-\x7e]+$")]
"""An image: `img_…`, or the http(s) URL of a PNG, JPEG or WebP, which the server fetches once and keeps under an id."""
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


class TransitionKind(StrEnum):
    """How the picture gets from one arrangement to another."""

    EASE = "ease"  # tiles move, new ones come in, others go out
    NONE = "none"


class Transition(View):
    """What happens between two arrangements."""

    kind: TransitionKind = TransitionKind.EASE
    duration_ms: int = Field(default=400, ge=0, le=2_000)


class Logo(View):
    """A small image in a corner, above everything."""

    image: ImageRef | None = None
    corner: Corner = Corner.TOP_RIGHT
    height_percent: float = Field(default=8, gt=0, le=50, description="Of the canvas' height.")
    opacity: float = Field(default=1, ge=0, le=1)
    margin_px: int = Field(default=24, ge=0, le=200, description="Of a canvas whose shorter side is 720.")


class LowerThird(View):
    """Who somebody is, in large letters on their tile."""

    identity: Identity
    title: Name | None = Field(default=None, description="Null: their name.")
    subtitle: Name | None = Field(default=None, description='Such as "CEO, Example".')
    duration_s: int | None = Field(
        default=None, ge=1, le=3_600, description="It goes by itself after so long; null: it stays until taken away."
    )


class Theme(View):
    """The colours of what is written and marked."""

    accent_color: Colour = Field(default="#3d7eff", description="The bar beside a title.")
    ink_color: Colour = Field(default="#f2f3f6", description="Letters.")
    label_color: Colour = Field(default="#0c0d11", description="What letters stand on.")
    speaking_color: Colour = Field(default="#35c46a", description="The ring around who speaks.")


class Look(View):
    """Everything in the picture but the arrangement of tiles."""

    transition: Transition = Transition()
    background_image: ImageRef | None = Field(default=None, description="Covers the layout's background colour.")
    logo: Logo = Logo()
    show_title: bool = Field(default=False, description="The broadcast's title, in a strip along the top.")
    lower_thirds: tuple[LowerThird, ...] = Field(default=(), max_length=MOST_TILES)
    show_muted: bool = Field(default=True, description="A crossed microphone on the tiles of who can't be heard.")
    show_speaking: bool = Field(default=True, description="A ring around the tiles of who speaks.")
    avatars: dict[Identity, ImageRef] = Field(
        default_factory=dict, max_length=MOST_TILES, description="By identity: shown while their camera is off."
    )
    theme: Theme = Theme()
    audio_only: bool = Field(default=False, description="Avatars alone; nobody's camera or screen is even received.")

    @model_validator(mode="after")
    def _has_one_lower_third_each(self) -> Self:
        identities = [one.identity for one in self.lower_thirds]
        if len(set(identities)) < len(identities):
            raise ValueError("each identity has one lower third")
        return self

    def patched(self, patch: Mapping[str, Any]) -> "Look":
        """This look with a merge patch (RFC 7396) applied.

        Raises:
            ValidationError: the outcome is no look.
        """
        return Look.model_validate(merged(self.model_dump(mode="json"), patch))

    def images(self) -> Iterator[str]:
        """Every image that it shows, by id or URL."""
        found = (self.background_image, self.logo.image, *self.avatars.values())
        yield from dict.fromkeys(one for one in found if one is not None)

    def renamed(self, ids: Mapping[str, str]) -> "Look":
        """The same with ids instead of URLs."""
        return Look.model_validate(with_ids(self.model_dump(mode="json"), ids))


def with_ids(patch: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """A patch of a look, in which images have the ids instead of their URLs."""
    changed = dict(patch)
    if isinstance(patch.get("background_image"), str):
        changed["background_image"] = _renamed(patch["background_image"], ids)
    if isinstance(patch.get("logo"), Mapping) and "image" in patch["logo"]:
        changed["logo"] = dict(patch["logo"]) | {"image": _renamed(patch["logo"]["image"], ids)}
    if isinstance(patch.get("avatars"), Mapping):
        changed["avatars"] = {identity: _renamed(image, ids) for identity, image in patch["avatars"].items()}
    return changed


def is_image_id(image: str) -> bool:
    """Whether it names an image that is kept, rather than a URL."""
    return image.startswith(f"{Prefix.IMAGE.value}_")


def _renamed(image: str | None, ids: Mapping[str, str]) -> str | None:
    return None if image is None else ids.get(image, image)
