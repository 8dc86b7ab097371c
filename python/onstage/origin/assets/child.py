"""Makes one asset in a process of its own, which gives way to everything else, and stores it whole.

Run as `python -m onstage.origin.assets.child FOLDER`, where the order lies and files are written until they are whole.
Its last line is the outcome. Killed at any byte, nothing of it can be had: an object is there whole or not at all.
"""

import asyncio
import os
import resource
import shutil
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import av
from obstore.exceptions import BaseError, NotFoundError

from onstage.errors import StartError
from onstage.model.assets import AssetFailure, AssetKind
from onstage.origin.assets.chat import chat_json, chat_vtt
from onstage.origin.assets.mp4 import write_mp4
from onstage.origin.assets.packing import write_zip
from onstage.origin.assets.plan import ORDER, OUTCOME, PLAN, File, Order, Outcome, Plan, read_lines
from onstage.origin.assets.shelf import Shelf
from onstage.origin.assets.source import Source
from onstage.origin.assets.stills import write_poster, write_thumbnails
from onstage.origin.recordings.film import Film
from onstage.origin.recordings.vod import read_film
from onstage.origin.storing.local_folder import LocalFolder
from onstage.origin.storing.objects import Pace, open_objects
from onstage.origin.storing.storage import BroadcastStore
from onstage.origin.storing.write_queue import is_full

NICE = 19
MEMORY_BYTES = 4 * 1024**3
_SPARE_BYTES = 512 * 1024**2
"""Left on the disk for live shows, which write there too."""
_LONGEST_PROBLEM = 500
_COPIES = 3
"""Of the largest file: as it is written, its second pass, and stored."""


class NotInRecordingError(Exception):
    """There is nothing to make it of."""


def _mp4(source: Source, plan: Plan, folder: Path) -> None:
    reel = source.film.reels.get(plan.rendition or "")
    if reel is None:
        raise NotInRecordingError
    write_mp4(folder / plan.name, source, reel, title=plan.title)


def _zip(source: Source, plan: Plan, folder: Path) -> None:
    write_zip(folder / plan.name, source)


def _poster(source: Source, plan: Plan, folder: Path) -> None:
    write_poster(folder / plan.name, source)


def _thumbnails(source: Source, plan: Plan, folder: Path) -> None:
    write_thumbnails((folder / plan.name).parent, source)


def _chat_json(source: Source, plan: Plan, folder: Path) -> None:
    (folder / plan.name).write_text(chat_json(plan, read_lines(folder), source.film), "utf-8")


def _chat_vtt(source: Source, plan: Plan, folder: Path) -> None:
    (folder / plan.name).write_text(chat_vtt(read_lines(folder), source.film), "utf-8")


_MAKERS: Final[Mapping[AssetKind, Callable[[Source, Plan, Path], None]]] = {
    AssetKind.MP4: _mp4,
    AssetKind.ZIP: _zip,
    AssetKind.POSTER: _poster,
    AssetKind.THUMBNAILS: _thumbnails,
    AssetKind.CHAT_JSON: _chat_json,
    AssetKind.CHAT_VTT: _chat_vtt,
}


def make(order: Order, folder: Path) -> Outcome:
    """Make what is ordered in `folder`, and store it."""
    try:
        source = _source(order)
        if not source.film.reels:
            return Outcome(failure=AssetFailure.NOT_IN_RECORDING)
        if order.plan.kind in (AssetKind.MP4, AssetKind.ZIP) and not _has_room(source.film, folder):
            return Outcome(failure=AssetFailure.STORAGE_FULL)
        (folder / order.plan.name).parent.mkdir()
        _MAKERS[order.plan.kind](source, order.plan, folder)
        files = _stored(order, folder)
    except NotInRecordingError:
        return Outcome(failure=AssetFailure.NOT_IN_RECORDING)
    except (av.FFmpegError, ValueError, BaseError, OSError) as error:
        return not_made(error)
    return Outcome(tuple(files))


def not_made(error: Exception) -> Outcome:
    """What an error means. A full disk comes first: FFmpeg tells of it too."""
    if is_full(error):
        return Outcome(failure=AssetFailure.STORAGE_FULL)
    if isinstance(error, (av.FFmpegError, ValueError, NotFoundError, FileNotFoundError)):  # what is missing stays so
        return Outcome(failure=AssetFailure.MEDIA_UNREADABLE)
    return _away(error)


def _away(error: Exception) -> Outcome:
    """Stores tell of one problem in many lines, and the parent reads one that is not too long."""
    return Outcome(is_away=True, problem=f"{type(error).__name__}: {error}".partition("\n")[0][:_LONGEST_PROBLEM])


def _source(order: Order) -> Source:
    plan, storage = order.plan, order.storage
    objects = open_objects(storage.url, "live")
    with ThreadPoolExecutor(1) as executor:
        local = LocalFolder(storage.folder / plan.broadcast_id, executor)
        store = BroadcastStore(plan.broadcast_id, objects, local, is_remote=storage.is_remote)
        film = asyncio.run(read_film(store, plan.spans))
    return Source(objects, plan.broadcast_id, film)


def _has_room(film: Film, folder: Path) -> bool:
    return shutil.disk_usage(folder).free > _COPIES * film.size_bytes + _SPARE_BYTES


def _stored(order: Order, folder: Path) -> list[File]:
    """Store what was made: what others are named in comes last."""
    shelf, plan, files = Shelf.at(order.storage.url, Pace.UPLOAD), order.plan, list[File]()
    made = sorted((folder / plan.name).parent.iterdir(), key=lambda one: one == folder / plan.name)
    for path in made:
        kind = plan.kind if path == folder / plan.name else AssetKind.SPRITE
        files.append(File(kind, str(path.relative_to(folder)), path.stat().st_size))
        shelf.put(f"{plan.recording_id}/{files[-1].name}", path)
    return files


def main(folder: Path) -> int:
    """Make it, and say what came of it."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    av.logging.set_level(av.logging.PANIC)
    try:
        outcome = make(ORDER.validate_json((folder / PLAN).read_bytes()), folder)
    except StartError as error:
        outcome = _away(error)
    sys.stdout.write(OUTCOME.dump_json(outcome).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
