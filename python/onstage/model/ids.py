"""Ids: made by the server, opaque, their prefix saying what they name. People choose names and identities."""

import secrets
from enum import StrEnum
from typing import NewType, TypeGuard

ProjectId = NewType("ProjectId", str)
KeyId = NewType("KeyId", str)
TemplateId = NewType("TemplateId", str)
RoomId = NewType("RoomId", str)
SessionId = NewType("SessionId", str)
ParticipantId = NewType("ParticipantId", str)
BroadcastId = NewType("BroadcastId", str)
OutputId = NewType("OutputId", str)
RecordingId = NewType("RecordingId", str)
AssetId = NewType("AssetId", str)
MediaFileId = NewType("MediaFileId", str)
PlaybackId = NewType("PlaybackId", str)
InviteId = NewType("InviteId", str)
MessageId = NewType("MessageId", str)
PollId = NewType("PollId", str)
EndpointId = NewType("EndpointId", str)
DeliveryId = NewType("DeliveryId", str)
ImageId = NewType("ImageId", str)

# Crockford's alphabet in lower case: no letter is taken for another when read aloud or typed.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 20  # 100 bits
_LONGEST_ID = 64


class Prefix(StrEnum):
    """The prefixes of design §9, and those of `key`, `srv`, `md`, `cap`, `img`, `pt`, `med` and `plb` besides."""

    PROJECT = "prj"
    KEY = "key"
    TEMPLATE = "tpl"
    ROOM = "rm"
    SESSION = "ses"
    PARTICIPANT = "pa"
    BROADCAST = "bc"
    OUTPUT = "out"
    RECORDING = "rec"
    ASSET = "as"
    MEDIA_FILE = "med"
    PLAYBACK = "plb"
    INVITE = "inv"
    MESSAGE = "msg"
    POLL = "poll"
    ENDPOINT = "wh"
    DELIVERY = "dl"
    EVENT = "ev"
    SERVER = "srv"
    METADATA = "md"
    CAPTION = "cap"
    IMAGE = "img"
    PLAYBACK_TOKEN = "pt"  # noqa: S105 - a prefix


def is_id(text: object) -> TypeGuard[str]:
    """Whether something may be an id at all, so that a database can be asked for it."""
    return isinstance(text, str) and 0 < len(text) <= _LONGEST_ID and text.isascii() and text.isprintable()


def random_text(length: int) -> str:
    """`length` unguessable characters of Crockford's alphabet."""
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in secrets.token_bytes(length))  # 32 letters divide 256


def new_id(prefix: Prefix) -> str:
    """A fresh id, such as `rm_3k…`."""
    return f"{prefix.value}_{random_text(_ID_LENGTH)}"


_CODE_GROUPS = (3, 4, 3)
_LOOKS_LIKE = str.maketrans("oil", "011")  # Crockford's own: letters that are not in the alphabet


def new_room_code() -> str:
    """A code people can read out: `q3f-8mzk-2vt`, 50 bits."""
    return _grouped(random_text(sum(_CODE_GROUPS)))


def canonical_code(typed: str) -> str | None:
    """The code that somebody typed: in any case, with other or no dashes, with o for 0 and l for 1. None: no code."""
    kept = "".join(one for one in typed.lower() if one.isalnum()).translate(_LOOKS_LIKE)
    return _grouped(kept) if len(kept) == sum(_CODE_GROUPS) and set(kept) <= set(_ALPHABET) else None


def _grouped(text: str) -> str:
    first, second, _ = _CODE_GROUPS
    return f"{text[:first]}-{text[first : first + second]}-{text[first + second :]}"
