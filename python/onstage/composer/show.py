"""One tick after the other: look at the stage, paint, mix, encode, cut."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from onstage.composer import wire
from onstage.composer.audio import SAMPLE_RATE, Mixer
from onstage.composer.encoder import AudioEncoder, VideoEncoder, peak_bps
from onstage.composer.layout import Scene, arrange
from onstage.composer.packager import Packager
from onstage.composer.picture import Picture
from onstage.composer.seating import seated
from onstage.composer.stage import Seat, Stage
from onstage.composer.tiles import Tile, TileKey
from onstage.composer.video import Painter, Style, View
from onstage.model.media import PROFILES, TICKS_PER_SECOND, Init, Part, Rendition, SegmentEnd

INPUT_DELAY_S = 0.15
"""From a camera to our tick, as stated in PROGRAM-DATE-TIME until capture times can be had (design §10.16)."""


class Show:
    """The composition. Has no clock and no thread: whoever owns both calls `tick` once for every picture."""

    def __init__(self, start: wire.Start, stage: Stage, now_s: Callable[[], float] = time.monotonic) -> None:
        self.profile = PROFILES[start.profile]
        self.layout = start.layout
        self._order: list[TileKey] = []
        self._canvas = start.canvas
        self._stage = stage
        self._now_s = now_s
        self._painter = Painter(start.canvas, start.title)
        self._mixer = Mixer()
        self._frame_ticks = TICKS_PER_SECOND // self.profile.frame_rate
        self._first_ticks = -(-start.next_ticks // self._frame_ticks) * self._frame_ticks
        self._count = 0
        self._samples = SAMPLE_RATE // self.profile.frame_rate
        self._part_began: datetime | None = None
        self._composed_at_s = 0.0
        size = (start.canvas.width, start.canvas.height)
        self._video = VideoEncoder(*size, bitrate_bps=start.video_bps, profile=self.profile)
        first_sample = self._first_ticks * SAMPLE_RATE // TICKS_PER_SECOND
        self._audio = AudioEncoder(bitrate_bps=start.audio_bps, start_sample=first_sample)
        self._packager = Packager(start.rendition, self._video.config, self._audio.config)
        self._rendition = self._describe(start)
        self.camera_sizes: Mapping[str, tuple[int, int]] = {}
        """By identity: width and height of the tile their camera is shown in."""
        self.shown: dict[str, int] = {}
        """By identity, for those who have a tile: different pictures of their camera shown so far."""
        self.encode_s = 0.0
        """What x264 took for the last picture."""

    def _describe(self, start: wire.Start) -> Rendition:
        segment_s = self.profile.segment_frames / self.profile.frame_rate
        return Rendition(
            name=start.rendition,
            width=start.canvas.width,
            height=start.canvas.height,
            frame_rate=self.profile.frame_rate,
            codecs=f"{self._video.config.codec},{self._audio.config.codec}",
            peak_bps=peak_bps(start.video_bps, segment_s) + start.audio_bps,
            average_bps=start.video_bps + start.audio_bps,
        )

    def init(self) -> Init:
        """The init segment."""
        return Init(self._rendition, self._packager.init)

    def tick(self, wall: datetime, *, repeats: bool = False) -> Iterator[Part | SegmentEnd]:
        """Make the next picture and its sound; `repeats` leaves the picture as it was, to catch up."""
        if self._part_began is None:
            self._part_began = wall - timedelta(seconds=INPUT_DELAY_S)
        if not repeats:
            self._paint()
        in_segment = self._count % self.profile.segment_frames
        ticks = self._first_ticks + self._count * self._frame_ticks
        self._count += 1
        began_s = time.perf_counter()
        self._composed_at_s = self._now_s()
        self._packager.add_video(self._video.encode(self._painter.frame, start_ticks=ticks, is_idr=in_segment == 0))
        self.encode_s = time.perf_counter() - began_s
        self._mix()
        if self._packager.pictures == self.profile.part_frames:
            yield self._cut()
        if in_segment + 1 == self.profile.segment_frames:
            yield SegmentEnd(self._rendition.name)

    def finish(self) -> Iterator[Part | SegmentEnd]:
        """What is left when the show ends."""
        if self._packager.pictures:
            yield self._cut()
        if self._count % self.profile.segment_frames:
            yield SegmentEnd(self._rendition.name)

    def _cut(self) -> Part:
        began, self._part_began = self._part_began, None
        return self._packager.cut(program_date_time=began or datetime.now(UTC), composed_at_s=self._composed_at_s)

    def _paint(self) -> None:
        seats = {seat.key: seat for seat in self._stage.seats()}
        tiles = self._arranged(list(seats))
        views = [View(tile, seats[tile.key].label if self.layout.show_names else "") for tile in tiles]
        if self._painter.lay_out(views, Style.of(self.layout, self._canvas)):
            self._note_cameras([view.tile for view in views if not view.tile.key.is_screen])
        painted: set[View] = set()
        for view in views:
            is_covered = not painted.isdisjoint(self._painter.tile(view).below)
            if self._paint_tile(view, seats[view.tile.key], is_covered=is_covered):
                painted.add(view)

    def _arranged(self, present: list[TileKey]) -> list[Tile]:
        floor, layout = self._stage.floor(), self.layout
        # On another page than the first nobody is moved, or whoever speaks would leave the page that is looked at.
        heard = floor if layout.page == 0 else []
        self._order = seated(self._order, present, pins=layout.pins, floor=heard, limit=layout.max_tiles)
        return arrange(layout, self._canvas, Scene(self._order, floor, self._stage.roles()))

    def _note_cameras(self, tiles: Sequence[Tile]) -> None:
        self.camera_sizes = {tile.key.identity: (tile.rect.width, tile.rect.height) for tile in tiles}
        self.shown = {identity: self.shown.get(identity, 0) for identity in self.camera_sizes}

    def _paint_tile(self, view: View, seat: Seat, *, is_covered: bool) -> bool:
        """Paint the tile if it shows something else than before, or something was painted over it; whether it was."""
        painter = self._painter.tile(view)
        picture, is_dark = self._picture(seat)
        is_old = not (painter.is_blank or painter.shows_avatar or is_covered)
        if picture is None and not is_dark and seat.feed is not None and not is_old:
            picture = seat.feed.shown  # a new tile need not wait for the camera's next picture
        if picture is not None:
            painter.paint_picture(picture)
            return True
        if painter.is_blank or is_covered or (is_dark and not painter.shows_avatar):
            painter.paint_avatar()
            return True
        return False

    def _picture(self, seat: Seat) -> tuple[Picture | None, bool]:
        """The next picture of somebody's camera or screen, and whether there is none to be shown at all."""
        now_s = self._now_s()
        if seat.feed is None or seat.feed.is_dark(now_s):
            return None, True
        picture = seat.feed.take(now_s)
        if picture is not None and not seat.key.is_screen:
            self.shown[seat.key.identity] += 1
        return picture, False

    def _mix(self) -> None:
        """Mix just this picture's share of sound, so that every part has the same."""
        sound = self._mixer.mix(self._stage.sounds(self._samples), self._samples)
        self._packager.add_audio(self._audio.encode(sound))
