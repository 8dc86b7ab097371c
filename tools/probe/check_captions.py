"""Captions beside the pictures: the same segments, each of them WebVTT of its own time."""

import re
from datetime import timedelta
from urllib.parse import urljoin

from tools.probe.fetching import Fetcher, Kind
from tools.probe.ledger import Ledger
from tools.probe.playlist import MediaList, SegmentLines, parse_media

_MAP = re.compile(r"^X-TIMESTAMP-MAP=MPEGTS:(\d+),LOCAL:00:00:00\.000$", re.MULTILINE)
_CUE = re.compile(r"^(\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d+):(\d\d):(\d\d)\.(\d{3})$", re.MULTILINE)
_TICKS_PER_S = 90_000
_FRAME_S = 1 / 25
_ROUNDING_S = 0.001


class CaptionsChecker:
    """The captions of one language, looked at once."""

    def __init__(self, ledger: Ledger, fetcher: Fetcher, url: str) -> None:
        self.url = url
        self._ledger = ledger
        self._fetcher = fetcher

    async def run(self, pictures: MediaList) -> None:
        """Compare what is listed now with `pictures`, a newer or older list of theirs, and read every segment."""
        answer = await self._fetcher.get(self.url, Kind.PLAIN_PLAYLIST)
        listed = parse_media(answer.text)
        is_there = answer.status == 200 and bool(listed.complete)
        self._ledger.check("captions.beside", is_there, f"{answer.status} for {self.url}")
        for segment in listed.complete if is_there else []:
            twin = pictures.segment(segment.msn)
            if twin is not None and twin.uri is not None:
                self._check_beside(segment, twin)
        await self._check_texts(listed)

    def _check_beside(self, segment: SegmentLines, twin: SegmentLines) -> None:
        is_same = segment.date == twin.date and abs(segment.listed_s - twin.listed_s) < _FRAME_S
        is_same = is_same and segment.is_discontinuity == twin.is_discontinuity
        self._ledger.check("captions.beside", is_same, f"segment {segment.msn}: {segment}, not {twin}")

    async def _check_texts(self, listed: MediaList) -> None:
        before: tuple[SegmentLines, int] | None = None
        for segment in listed.complete:
            answer = await self._fetcher.get(urljoin(self.url, segment.uri or ""), Kind.MEDIA)
            mapped = _MAP.search(answer.text)
            is_text = answer.status == 200 and answer.text.startswith("WEBVTT\n") and mapped is not None
            self._ledger.check("captions.webvtt", is_text, f"{segment.uri}: {answer.status} {answer.text[:80]!r}")
            for cue in _CUE.finditer(answer.text):
                starts_s, ends_s = _seconds(cue, 1), _seconds(cue, 5)
                is_within = 0 <= starts_s < ends_s <= segment.listed_s + _ROUNDING_S
                self._ledger.check("captions.within", is_within, f"{segment.uri}: {cue[0]}")
            if mapped is not None:
                if before is not None and segment.date and before[0].date and not segment.is_discontinuity:
                    wall_s = (segment.date - before[0].date) / timedelta(seconds=1)
                    apart_s = abs((int(mapped[1]) - before[1]) / _TICKS_PER_S - wall_s)
                    self._ledger.check("captions.mapped", apart_s < _FRAME_S, f"{segment.uri}: {apart_s:.3f} s off")
                before = segment, int(mapped[1])


def _seconds(cue: re.Match[str], first: int) -> float:
    hours, minutes, seconds, milliseconds = (int(cue[first + index]) for index in range(4))
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
