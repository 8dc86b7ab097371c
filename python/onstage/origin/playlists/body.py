"""Bytes of a playlist, built once and handed to everybody who waits for them."""

import gzip
from dataclasses import dataclass
from typing import Self

_GZIP_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Body:
    """A playlist as it is, and compressed."""

    plain: bytes
    gzipped: bytes

    @classmethod
    def of(cls, text: str) -> Self:
        """Encode and compress `text`; the same text gives the same bytes."""
        plain = text.encode()
        return cls(plain, gzip.compress(plain, _GZIP_LEVEL, mtime=0))
