"""What waits for a target: from a picture that stands alone, in order of time, never more than some seconds."""

from onstage.composer.outputs.chunks import Kind
from onstage.composer.outputs.feed import Feed, Tag
from onstage.composer.packager import Sample

PICTURE_TICKS, AAC_SAMPLES, GROUP = 3000, 1024, 64


class Source:
    """Pictures and sound as an outlet gives them: a picture, then the sound that goes with it and a bit more."""

    def __init__(self, feed: Feed, first: int = 0) -> None:
        self._feed = feed
        self._at = first
        self._sounds = first * 1600 // AAC_SAMPLES

    def give(self, pictures: int) -> None:
        for _ in range(pictures):
            is_sync = self._at % GROUP == 0
            self._feed.put_picture(Sample(b"v", self._at * PICTURE_TICKS, PICTURE_TICKS, is_sync=is_sync))
            self._at += 1
            frames = []
            while self._sounds * AAC_SAMPLES < self._at * 1600 + AAC_SAMPLES:
                frames.append(Sample(b"a", self._sounds * AAC_SAMPLES, AAC_SAMPLES))
                self._sounds += 1
            self._feed.put_sounds(frames)


def taken(feed: Feed) -> list[Tag]:
    return list(iter(lambda: feed.take(0), None))


def opened(first: int = 0) -> tuple[Feed, Source]:
    feed = Feed()
    feed.open()
    return feed, Source(feed, first)


def test_nothing_waits_before_the_target_takes_it() -> None:
    feed = Feed()
    Source(feed).give(GROUP)
    assert taken(feed) == []


def test_it_begins_with_a_picture_that_stands_alone_at_zero_and_the_sound_of_then() -> None:
    feed, source = opened(first=10)
    source.give(2 * GROUP)
    tags = taken(feed)
    assert (tags[0].kind, tags[0].body[0], tags[0].at_ms) == (Kind.VIDEO, 0x17, 0)
    first_sound = next(tag for tag in tags if tag.kind is Kind.AUDIO)
    assert 0 <= first_sound.at_ms < 22


def test_times_never_go_back_and_do_not_drift_in_a_day() -> None:
    feed, source = opened(first=24 * 3600 * 30 // GROUP * GROUP)
    source.give(10)
    tags = taken(feed)
    source.give(30 * 60)
    feed, source = opened()
    source.give(1)
    day = Sample(b"v", 24 * 3600 * 90_000, PICTURE_TICKS)
    taken(feed)
    feed.put_picture(day)
    assert taken(feed)[0].at_ms == 24 * 3600 * 1000
    assert [tag.at_ms for tag in tags] == sorted(tag.at_ms for tag in tags)


def test_a_target_too_slow_loses_whole_groups_and_is_said_to() -> None:
    feed, source = opened()
    source.give(2 * GROUP - 1)
    assert feed.drops == 1
    assert taken(feed) == []
    source.give(GROUP)
    tags = taken(feed)
    assert tags[0].body[0] == 0x17
    assert tags[0].at_ms % round(GROUP * 1000 / 30) <= 1, "time goes on as if nothing had been dropped"


def test_what_waits_at_the_end_is_still_sent() -> None:
    feed, source = opened()
    source.give(2)
    feed.close()
    assert not feed.is_over
    assert len(taken(feed)) > 2
    assert feed.is_over
