"""From the SDK's streams to the stage's feeds and buffers. Each reader lasts until it is cancelled."""

import time

from livekit import rtc

from onstage.composer.audio import CHANNELS, TrackBuffer, sound_of_pcm
from onstage.composer.picture import Picture
from onstage.composer.stage import PICTURES_KEPT, Feed
from onstage.model.media import SAMPLE_RATE

_QUARTER_TURNS: dict[rtc.VideoRotation.ValueType, int] = {
    rtc.VideoRotation.VIDEO_ROTATION_0: 0,
    rtc.VideoRotation.VIDEO_ROTATION_90: 1,
    rtc.VideoRotation.VIDEO_ROTATION_180: 2,
    rtc.VideoRotation.VIDEO_ROTATION_270: 3,
}


async def read_pictures(track: rtc.Track, feed: Feed) -> None:
    """Put every picture of a camera or screen into its feed, upright."""
    stream = rtc.VideoStream(track, capacity=PICTURES_KEPT, format=rtc.VideoBufferType.I420)
    try:
        async for event in stream:
            try:
                picture = Picture.of_buffer(event.frame.data, event.frame.width, event.frame.height)
            except ValueError:
                continue  # too small to be shown: as good as not sent
            turns = _QUARTER_TURNS.get(event.rotation, 0)  # type: ignore[call-overload]  # an int, not the wrapper they say
            feed.put(picture.turned(turns), time.monotonic())
    finally:
        await stream.aclose()


async def read_sound(track: rtc.Track, buffer: TrackBuffer) -> None:
    """Put all sound of a track into its buffer."""
    stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=CHANNELS)
    try:
        async for event in stream:
            buffer.put(sound_of_pcm(event.frame.data, event.frame.num_channels))
    finally:
        await stream.aclose()
