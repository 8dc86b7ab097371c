"""What somebody calls an image, made into one that every composer can take: decoded, bounded, written anew.

What is written is ours: nothing of the file that came is kept but its picture (no profiles, no comments, no places).
"""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from struct import error as StructError  # noqa: N812  an exception, which its module names like a function

from PIL import Image, ImageOps

from onstage.errors import ErrorCode, OnstageError

LARGEST_BYTES = 5_000_000
MOST_PIXELS = 24_000_000
"""Of what comes. It is told from the file's head before a picture is made of it (decompression bombs)."""
LONGEST_SIDE = 1920
"""Of what is kept, the longest side of the largest canvas."""
EXPECTED = f"a PNG, JPEG or WebP of at most {LARGEST_BYTES // 1_000_000} MB and {MOST_PIXELS // 1_000_000} megapixels"

_QUALITY = 90
_THREAD = ThreadPoolExecutor(1, "images")  # one at a time: each takes memory
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    StructError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A WebP, and what is known of it."""

    data: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """The name of its content."""
        return hashlib.sha256(self.data).hexdigest()


async def read_image(data: bytes) -> ImageFile:
    """The image in a file, whatever the file is called.

    Raises:
        OnstageError: `image_unusable`.
    """
    return await asyncio.get_running_loop().run_in_executor(_THREAD, _read, data)


def unusable(detail: str) -> OnstageError:
    """The refusal of an image."""
    return OnstageError(ErrorCode.IMAGE_UNUSABLE, detail, expected=EXPECTED)


def _read(data: bytes) -> ImageFile:
    if len(data) > LARGEST_BYTES:
        raise unusable(f"The file has {len(data)} bytes.")
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as found:
            if found.width * found.height > MOST_PIXELS:
                raise unusable(f"The image has {found.width} x {found.height} pixels.")
            image = ImageOps.exif_transpose(found).convert("RGBA" if found.has_transparency_data else "RGB")
    except _UNREADABLE as cause:
        raise unusable("The file is no image that can be read.") from cause
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    file = BytesIO()
    image.save(file, "WEBP", quality=_QUALITY)
    return ImageFile(file.getvalue(), image.width, image.height)
