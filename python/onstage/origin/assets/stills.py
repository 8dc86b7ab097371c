"""Pictures of a recording: only first pictures of segments, which stand alone, are read and decoded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import av
from PIL import Image, ImageStat

from onstage.model.media import TICKS_PER_SECOND
from onstage.origin.assets.source import Source, positions
from onstage.origin.recordings.film import Reel
from onstage.origin.storing.index import SegmentEntry
from onstage.origin.timed.webvtt import at_ticks

TILE_SIDE = 160
"""Longest side of a thumbnail, in pixels."""
COLUMNS = ROWS = 10
MOST_THUMBNAILS = 600
LEAST_STEP_TICKS = 5 * TICKS_PER_SECOND
_CANDIDATES = 9
_FIRST, _LAST = 0.05, 0.65
"""Where in a recording its poster is looked for: behind what is said before it begins, before it gives the end away."""
_QUALITY = 85
_DARKEST, _BRIGHTEST = 24.0, 240.0


@dataclass(frozen=True, slots=True)
class _Thumbnail:
    """From when to when, in ticks of the film's timeline, and the segment that begins with it."""

    start: int
    end: int
    entry: SegmentEntry


def picture(source: Source, reel: Reel, entry: SegmentEntry) -> Image.Image:
    """The first picture of a segment.

    Raises:
        ValueError: there is none that can be decoded.
    """
    data = source.init(reel.rendition.name, entry) + source.keyframe(reel.rendition.name, entry)
    return decoded(data)


def decoded(data: bytes) -> Image.Image:
    """The first picture in an init segment with the beginning of a segment behind it.

    Raises:
        ValueError: there is none that can be decoded.
    """
    try:
        with av.open(BytesIO(data), "r", format="mp4") as container:
            container.streams.video[0].codec_context.thread_count = 1  # of one picture there is nothing to share out
            for packet in container.demux(video=0):
                for frame in [*packet.decode(), *container.streams.video[0].decode(None)]:
                    return Image.fromarray(frame.reformat(format="rgb24").to_ndarray())
    except (av.FFmpegError, IndexError) as cause:
        raise ValueError("no picture that can be decoded") from cause
    raise ValueError("no picture that can be decoded")


def write_poster(path: Path, source: Source) -> None:
    """Write the picture that shows most, of some of the largest rendition's.

    Raises:
        ValueError: none can be decoded.
        BaseError: storage is away.
    """
    reel = source.pictures[0]
    seen = [image for entry in _candidates(reel.segments) if (image := _seen(source, reel, entry)) is not None]
    if not seen:
        raise ValueError("no picture can be decoded")
    best_of(seen).save(path, "JPEG", quality=_QUALITY, optimize=True)


def _candidates(segments: Sequence[SegmentEntry]) -> list[SegmentEntry]:
    last = len(segments) - 1
    step = (_LAST - _FIRST) / (_CANDIDATES - 1)
    return [segments[at] for at in sorted({round(last * (_FIRST + step * one)) for one in range(_CANDIDATES)})]


def _seen(source: Source, reel: Reel, entry: SegmentEntry) -> Image.Image | None:
    try:
        return picture(source, reel, entry)
    except ValueError:
        return None


def best_of(images: Sequence[Image.Image]) -> Image.Image:
    """The one that shows most."""
    return max(images, key=_worth)


def _worth(image: Image.Image) -> float:
    """How much is to be seen: a black or white picture shows nothing, a slate little."""
    grey = image.convert("L").resize((160, 90))
    is_plain = not _DARKEST < ImageStat.Stat(grey).mean[0] < _BRIGHTEST
    return grey.entropy() - (8.0 if is_plain else 0.0)


def write_thumbnails(folder: Path, source: Source) -> None:
    """Write `sprite0.jpg` and on, and `thumbnails.vtt` that says what is where in them.

    A cue's text is a sprite with a media fragment (`#xywh=`, W3C Media Fragments §4.2.2).

    Raises:
        ValueError: no picture can be decoded.
        BaseError: storage is away.
    """
    reel = source.pictures[-1]
    scale = TILE_SIDE / max(reel.rendition.width, reel.rendition.height)
    tile = (max(1, round(reel.rendition.width * scale)), max(1, round(reel.rendition.height * scale)))
    sheets = _Sheets(folder, tile)
    cues = ["WEBVTT", ""]
    for one in _thumbnails(reel):
        image = _seen(source, reel, one.entry)
        if image is not None:
            where = sheets.place(image)
            cues += [f"{at_ticks(one.start)} --> {at_ticks(one.end)}", where, ""]
    sheets.finish()
    if not sheets.names:
        raise ValueError("no picture can be decoded")
    (folder / "thumbnails.vtt").write_text("\n".join(cues), "utf-8")


def _thumbnails(reel: Reel) -> Iterator[_Thumbnail]:
    """One every few seconds, fewer the longer the film is; each holds until the next."""
    starts = positions(reel)
    end = sum(one.duration_ticks for one in reel.segments)
    step, due, chosen = max(LEAST_STEP_TICKS, end // MOST_THUMBNAILS), 0, []
    for entry in reel.segments:
        if starts[entry.msn] >= due:
            chosen.append(entry)
            due = starts[entry.msn] + step
    ends = [*(starts[one.msn] for one in chosen[1:]), end]
    for entry, until in zip(chosen, ends, strict=True):
        yield _Thumbnail(starts[entry.msn], until, entry)


class _Sheets:
    """Sprites, written one after another as they fill."""

    def __init__(self, folder: Path, tile: tuple[int, int]) -> None:
        self._folder = folder
        self._tile = tile
        self._waiting: list[Image.Image] = []
        self.names: list[str] = []

    def place(self, image: Image.Image) -> str:
        """Put a picture in; where it will be: `sprite0.jpg#xywh=160,0,160,90`."""
        row, column = divmod(len(self._waiting), COLUMNS)
        width, height = self._tile
        where = f"sprite{len(self.names)}.jpg#xywh={column * width},{row * height},{width},{height}"
        self._waiting.append(image.resize(self._tile, Image.Resampling.BOX))
        if len(self._waiting) == COLUMNS * ROWS:
            self.finish()
        return where

    def finish(self) -> None:
        """Write what waits."""
        if not self._waiting:
            return
        (width, height), count = self._tile, len(self._waiting)
        sheet = Image.new("RGB", (width * min(count, COLUMNS), height * -(-count // COLUMNS)))
        for number, image in enumerate(self._waiting):
            row, column = divmod(number, COLUMNS)
            sheet.paste(image, (column * width, row * height))
        self.names.append(f"sprite{len(self.names)}.jpg")
        sheet.save(self._folder / self.names[-1], "JPEG", quality=_QUALITY, optimize=True)
        self._waiting.clear()
