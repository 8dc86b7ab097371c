"""AMF0, the values in RTMP's commands ("Action Message Format -- AMF 0", Adobe 2007). Pure: values in, bytes out."""

import struct
from collections.abc import Mapping

Value = float | bool | str | None | Mapping[str, "Value"] | list["Value"]

_DEEPEST = 8
"""Objects within objects; servers send one or two, and a hostile one must not exhaust the stack."""


class AmfError(Exception):
    """The bytes are no AMF0, or of a kind that no command has."""


def encode(*values: Value) -> bytes:
    """The values, one after the other."""
    return b"".join(_encoded(one) for one in values)


def _encoded(value: Value) -> bytes:
    match value:
        case bool():
            return struct.pack(">BB", 1, value)
        case int() | float():
            return struct.pack(">Bd", 0, value)
        case str():
            return b"\x02" + _name(value)
        case None:
            return b"\x05"
        case list():
            return struct.pack(">BI", 10, len(value)) + encode(*value)
        case _:
            fields = b"".join(_name(key) + _encoded(one) for key, one in value.items())
            return b"\x03" + fields + b"\0\0\x09"


def _name(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def decode(data: bytes) -> list[Value]:
    """All values in `data`.

    Raises:
        AmfError: It can't be read.
    """
    reader = _Reader(data)
    values = []
    try:
        while reader.at < len(data):
            values.append(reader.value(0))
    except (struct.error, IndexError, UnicodeDecodeError) as cause:
        raise AmfError("the values end too early") from cause
    return values


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def value(self, depth: int) -> Value:
        if depth > _DEEPEST:
            raise AmfError("values are nested too deep")
        (kind,) = self._take("B")
        match kind:
            case 0:
                return float(self._take("d")[0])
            case 1:
                return bool(self._take("B")[0])
            case 2:
                return self._text("H")
            case 3:
                return self._fields(depth)
            case 5 | 6:
                return None
            case 8:  # an ECMA array: a count that need not be right, then an object
                self._take("I")
                return self._fields(depth)
            case 10:
                return [self.value(depth + 1) for _ in range(min(self._take("I")[0], len(self._data)))]
            case 12:
                return self._text("I")
            case _:
                raise AmfError(f"a value of kind {kind}")

    def _fields(self, depth: int) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        while True:
            key = self._text("H")
            if not key and self._data[self.at] == 9:
                self.at += 1
                return fields
            fields[key] = self.value(depth + 1)

    def _text(self, length: str) -> str:
        (size,) = self._take(length)
        if self.at + size > len(self._data):
            raise AmfError("a text ends too early")
        text = self._data[self.at : self.at + size].decode(errors="replace")
        self.at += size
        return text

    def _take(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(f">{form}", self._data, self.at)
        self.at += struct.calcsize(f">{form}")
        return found
