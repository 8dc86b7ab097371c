"""Assets: the files that are made of a recording, to be downloaded."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field


class AssetKind(StrEnum):
    """What a file is."""

    MP4 = "mp4"
    """One rendition with its sound, as one file."""
    ZIP = "zip"
    """Playlists and segments, playable from any web server."""
    POSTER = "poster"
    """A JPEG of one picture."""
    THUMBNAILS = "thumbnails"
    """A WebVTT track that says which part of which sprite shows which moment."""
    SPRITE = "sprite"
    """A JPEG of many small pictures, made with `thumbnails`."""
    CHAT_JSON = "chat_json"
    """What was said to everybody, on the recording's timeline."""
    CHAT_VTT = "chat_vtt"
    """The same, as a WebVTT track."""

    @property
    def content_type(self) -> str:
        """Its media type."""
        return _TYPES[self]

    @property
    def is_saved(self) -> bool:
        """Whether browsers should save it rather than show it."""
        return self not in (AssetKind.POSTER, AssetKind.THUMBNAILS, AssetKind.SPRITE, AssetKind.CHAT_VTT)


_TYPES = {
    AssetKind.MP4: "video/mp4",
    AssetKind.ZIP: "application/zip",
    AssetKind.POSTER: "image/jpeg",
    AssetKind.THUMBNAILS: "text/vtt; charset=utf-8",
    AssetKind.SPRITE: "image/jpeg",
    AssetKind.CHAT_JSON: "application/json",
    AssetKind.CHAT_VTT: "text/vtt; charset=utf-8",
}
_NAMES = {
    AssetKind.ZIP: "recording.zip",
    AssetKind.POSTER: "poster.jpg",
    AssetKind.THUMBNAILS: "thumbnails.vtt",
    AssetKind.CHAT_JSON: "chat.json",
    AssetKind.CHAT_VTT: "chat.vtt",
}
CHAT_KINDS = (AssetKind.CHAT_JSON, AssetKind.CHAT_VTT)


def asset_name(kind: AssetKind, rendition: str | None = None) -> str:
    """Path of an asset that is asked for in its recording's folder: `mp4/720p.mp4`, `chat_vtt/chat.vtt`.

    A URL is good for all of a folder: each kind has its own, in which also lies what the asset names (sprites).
    """
    return f"{kind.value}/{_NAMES.get(kind, f'{rendition}.mp4')}"


def _askable(kinds: tuple[AssetKind, ...]) -> tuple[AssetKind, ...]:
    if AssetKind.SPRITE in kinds:
        raise ValueError("sprites are made with `thumbnails`")
    return tuple(dict.fromkeys(kinds))


AskedKinds = Annotated[tuple[AssetKind, ...], Field(max_length=len(AssetKind)), AfterValidator(_askable)]
"""Kinds that somebody asks for, each once."""


class AssetStatus(StrEnum):
    """preparing → ready, or failed."""

    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"


class AssetFailure(StrEnum):
    """Why a file could not be made; asking again tries again."""

    STORAGE_FULL = "storage_full"
    """There was no room for it on the server's disk, or in the storage."""
    MEDIA_UNREADABLE = "media_unreadable"
    """What was recorded can't be read."""
    NOT_IN_RECORDING = "not_in_recording"
    """Nothing of that rendition was recorded."""
    TOOK_TOO_LONG = "took_too_long"
    """It was given up."""
    STORAGE_AWAY = "storage_away"
    """What it is made of could not be read, or the file not be stored, for hours."""
    SERVER_LOST = "server_lost"
    """What was recorded is only on a server that is gone. Back again, it makes the file."""
    CRASHED = "crashed"
    """What makes it ended without a word, several times."""
