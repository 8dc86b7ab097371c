"""A recording as one ZIP: its playlists and segments under relative names, played from any web server as they are."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from onstage.origin.assets.source import Source

_PLAYLIST = "index.m3u8"


def write_zip(path: Path, source: Source) -> None:
    """Write it, one segment in memory at a time. Media are not compressed again; ZIP64 where it is needed.

    Raises:
        BaseError: storage is away.
        OSError: the disk takes no more.
    """
    with ZipFile(path, "w", ZIP_STORED, allowZip64=True) as packed:
        _add(packed, _PLAYLIST, source.film.multivariant().encode(), ZIP_DEFLATED)
        for name, reel in source.film.reels.items():
            _add(packed, f"{name}/{_PLAYLIST}", reel.playlist().encode(), ZIP_DEFLATED)
            for resource in reel.resources:
                _add(packed, f"{name}/{resource}", source.read(name, resource), ZIP_STORED)


def _add(packed: ZipFile, name: str, data: bytes, how: int) -> None:
    info = ZipInfo(name)  # of no time, so that the same recording gives the same bytes
    info.external_attr = 0o644 << 16
    packed.writestr(info, data, how)
