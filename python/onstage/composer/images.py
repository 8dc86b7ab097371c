"""The images that a look names, as the server sent them. Decoded on a thread: the clock waits for none of them."""

from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO

import structlog
from PIL import Image

from onstage.composer.threads import start_thread

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class KeptImage:
    """An image by its id; one that is received again is another."""

    id: str
    image: Image.Image

    def covering(self, width: int, height: int) -> Image.Image:
        """Scaled so that it fills a size; what is too much of it is cut off on both sides."""
        factor = max(width / self.image.width, height / self.image.height)
        scaled = (max(width, round(self.image.width * factor)), max(height, round(self.image.height * factor)))
        left, top = (scaled[0] - width) / 2 / factor, (scaled[1] - height) / 2 / factor
        box = (left, top, min(left + width / factor, self.image.width), min(top + height / factor, self.image.height))
        return self.image.resize((width, height), Image.Resampling.BILINEAR, box, reducing_gap=2.0)


class Images:
    """Those received. What has not come yet is not shown yet."""

    def __init__(self) -> None:
        self._kept: dict[str, KeptImage] = {}

    def receive(self, image_id: str, data: bytes) -> None:
        """Decode an image in the background."""
        start_thread("image", lambda: self.put(image_id, data))

    def put(self, image_id: str, data: bytes) -> None:
        """Decode an image now; one that can't be is left out."""
        try:
            with Image.open(BytesIO(data)) as stored:
                image = stored.convert("RGBA")
        except OSError as error:  # the server has made it itself
            _log.error("image_unreadable", image=image_id, error=str(error))
            return
        self._kept[image_id] = KeptImage(image_id, image)

    def get(self, image_id: str | None) -> KeptImage | None:
        """The image of that id, once it is here."""
        return None if image_id is None else self._kept.get(image_id)

    def keep(self, ids: Collection[str]) -> None:
        """Forget the others."""
        for image_id in self._kept.keys() - set(ids):
            del self._kept[image_id]
