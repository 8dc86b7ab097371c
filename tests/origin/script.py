"""Scripted media for the origin's tests: opaque bytes with a true timeline."""

from datetime import datetime, timedelta

from onstage.model.media import DEFAULT_PROFILE, TICKS_PER_SECOND, Init, Part, Rendition, RenditionKind
from onstage.origin.segments.constants import PlaylistConstants
from onstage.origin.segments.window import Window
from tests.support.clock import EPOCH

RENDITION = Rendition("720p", 1280, 720, 30, "avc1.4D401F,mp4a.40.2", 3_000_000, 2_600_000)
PICTURES = (
    Rendition("1080p", 1920, 1080, 30, "avc1.4D4028", 5_600_000, 4_500_000, RenditionKind.VIDEO, 0, 1_100_000),
    Rendition("720p", 1280, 720, 30, "avc1.4D401F", 3_000_000, 2_500_000, RenditionKind.VIDEO, 0, 600_000),
    Rendition("360p", 640, 360, 30, "avc1.4D401E", 1_000_000, 800_000, RenditionKind.VIDEO, 0, 200_000),
)
SOUND = Rendition("audio", 0, 0, 0, "mp4a.40.2", 96_000, 96_000, RenditionKind.AUDIO)
CONSTANTS = PlaylistConstants.of(DEFAULT_PROFILE)
PART_TICKS = DEFAULT_PROFILE.part_ticks
PARTS_PER_SEGMENT = DEFAULT_PROFILE.segment_frames // DEFAULT_PROFILE.part_frames


def capture_time(ticks: int) -> datetime:
    return EPOCH + timedelta(seconds=ticks / TICKS_PER_SECOND)


def a_part(
    start_ticks: int, *, first: bool, ticks: int = PART_TICKS, rendition: str = "720p", composed_at_s: float = 0.0
) -> Part:
    data = f"<{rendition}@{start_ticks}+{ticks}>".encode()
    return Part(rendition, start_ticks, ticks, first, capture_time(start_ticks), composed_at_s, data)


def an_init(name: str = "init", rendition: Rendition = RENDITION) -> Init:
    return Init(rendition, name.encode())


def next_part(window: Window, *, ticks: int = PART_TICKS, rendition: str = "720p") -> Part:
    """The part that `window` expects."""
    return a_part(window.next_ticks, first=window.open is None, ticks=ticks, rendition=rendition)


def fill(window: Window, parts: int) -> None:
    """Publish whole parts; the first of all brings its init segment."""
    if window.is_init_due:
        window.set_init(f"init{window.init_count}".encode())
    for _ in range(parts):
        window.add_part(next_part(window))


def a_window(parts: int = 0) -> Window:
    window = Window(CONSTANTS)
    fill(window, parts)
    return window
