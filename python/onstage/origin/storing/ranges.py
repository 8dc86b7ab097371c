"""One range of bytes of a resource (RFC 9110 §14): what lists of keyframes and stored films are fetched by."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class ByteRange:
    """From byte `first` to byte `last`, that one too."""

    first: int
    last: int

    def header(self, size: int) -> str:
        """Content-Range of a resource of `size` bytes."""
        return f"bytes {self.first}-{self.last}/{size}"


class UnsatisfiableError(Exception):
    """The range begins behind the end (416)."""


def asked_range(header: str | None, size: int) -> ByteRange | None:
    """The range that a `Range` header asks for; None for the whole, also for forms that we do not serve in parts.

    Raises:
        UnsatisfiableError: there is no such byte.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match[0] == "bytes=-" or any(len(digits) > _MOST_DIGITS for digits in match.groups()):
        return None
    if not match[1]:
        first, last = max(size - int(match[2]), 0), size - 1
    else:
        first, last = int(match[1]), min(int(match[2]) if match[2] else size - 1, size - 1)
        if match[2] and int(match[2]) < int(match[1]):
            return None
    if first > last:
        raise UnsatisfiableError
    return ByteRange(first, last)
