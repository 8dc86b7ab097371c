"""Images in JSON."""

from onstage.model.records import StoredImage
from onstage.model.view import Timestamp, View


class ImageView(View):
    """An image that a `look` may name by its id. It is kept as a WebP of at most 1920 x 1920."""

    id: str
    width: int
    height: int
    created_at: Timestamp

    @classmethod
    def of(cls, image: StoredImage) -> "ImageView":
        """The image as everybody sees it."""
        return cls(id=image.id, width=image.width, height=image.height, created_at=image.created_at)
