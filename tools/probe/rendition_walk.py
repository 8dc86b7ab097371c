"""Follows one media playlist as a player does: held reload after held reload, hinted part after hinted part."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urljoin

from tools.probe.check_list import check_list, check_reports
from tools.probe.check_media import MediaChecker
from tools.probe.check_update import check_delta, check_update
from tools.probe.fetching import Answer, Fetcher, Kind
from tools.probe.ledger import Ledger
from tools.probe.playlist import MediaList, SegmentLines, Variant, parse_media

_RELEASED_WITHIN_S = 0.1
"""Held reload and held part wait for the same moment; more between their first bytes is a late release."""
_CADENCE_SLACK_S = 0.15
_WHOLE_WITHIN_S = 0.1
_PAUSE_S = 0.1
"""Before asking again a server that answers held reloads with nothing new."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A playlist as it was read, for other judges."""

    name: str
    text: str


class RenditionWalk:
    """One rendition from the first list to the last. `list` is the newest whole list, `url` the playlist's."""

    def __init__(self, ledger: Ledger, fetcher: Fetcher, variant: Variant, url: str, siblings: list[str]) -> None:
        self.url = url
        self.list = MediaList("")
        self.saved: list[Saved] = []
        self.reloads = 0
        self._ledger = ledger
        self._fetcher = fetcher
        self._siblings = siblings
        self._media = MediaChecker(ledger, variant)
        self._map_uri: str | None = None
        self._bodies: dict[int, list[bytes]] = {}
        self._done_segments: set[int] = set()
        self._unlisted: list[tuple[float, str]] = []
        self._removed: list[tuple[float, float, str]] = []
        self._first_seen: dict[str, float] = {}
        self._longest_s = 0.0
        self._last_arrival: float | None = None

    async def start(self) -> None:
        """Read the plain list; media is followed from its open segment on."""
        answer = await self._fetcher.get(self.url, Kind.PLAIN_PLAYLIST)
        if answer.status != 200:
            raise ProbeError(f"{self.url} answered {answer.status}: {answer.text[:200]}")
        now = parse_media(answer.text)
        self._fetcher.target_duration_s = now.target_duration_s
        self._done_segments = {segment.msn for segment in now.complete}
        await self._take(MediaList("", target_duration_s=now.target_duration_s), now, {})

    async def step(self) -> None:
        """One held reload, with the hinted part and a delta asked for beside it."""
        before = self.list
        msn, part = before.next_part
        query = f"{self.url}?_HLS_msn={msn}&_HLS_part={part}"
        ask = self._fetcher.get
        asked = [ask(query, Kind.BLOCKING_PLAYLIST), ask(f"{query}&_HLS_skip=YES", Kind.BLOCKING_PLAYLIST)]
        hinted = before.hinted_part
        if hinted is not None:
            asked.append(ask(self._child(hinted), Kind.MEDIA))
        answer, delta, *held = await asyncio.gather(*asked)
        self.reloads += 1
        if answer.status != 200:
            evidence = f"asked {msn}.{part}: {answer.status} after {answer.waited_s:.2f} s"
            self._ledger.check("update.cadence", answer.status == 200, evidence)
            raise Stalled(evidence)
        now = parse_media(answer.text)
        self._check_reload(before, now, answer)
        bodies = self._check_held(before, now, answer, held[0]) if held else {}
        await self._take(before, now, bodies)
        self._check_delta(before, now, delta)
        if now.next_part <= before.next_part and not now.is_ended:
            await asyncio.sleep(_PAUSE_S)

    async def finish(self) -> None:
        """What has left the list a short while ago must still be there."""
        now = asyncio.get_running_loop().time()
        part_limit_s = 3 * self.list.target_duration_s - 0.5
        for at, uri in [one for one in self._unlisted if now - one[0] < part_limit_s][:4]:
            answer = await self._fetcher.get(self._child(uri), Kind.MEDIA)
            evidence = f"{uri}: {answer.status}, {now - at:.1f} s after it was removed"
            self._ledger.check("media.part-lifetime", answer.status == 200, evidence)
        for seen_at, duration_s, uri in self._removed[-3:]:
            if now - seen_at < self._longest_s + duration_s - 0.5:
                answer = await self._fetcher.get(self._child(uri), Kind.MEDIA)
                evidence = f"{uri}: {answer.status}, {now - seen_at:.1f} s after it appeared"
                self._ledger.check("media.lifetime", answer.status == 200, evidence)

    def _check_reload(self, before: MediaList, now: MediaList, answer: Answer) -> None:
        moved = now.next_part > before.next_part or now.is_ended
        self._ledger.check("update.unchanged", moved, f"still at {now.next_part} after {answer.waited_s:.2f} s")
        segment = now.open or (now.segments[-1] if now.segments else None)
        is_restart = segment is not None and segment.is_discontinuity
        if self._last_arrival is not None and before.part_target_s and not is_restart and not now.is_ended:
            gap_s = answer.first_byte_at - self._last_arrival
            limit_s = before.part_target_s * 1.1 + _CADENCE_SLACK_S
            self._ledger.check("update.cadence", gap_s <= limit_s, f"{gap_s:.3f} s before {now.next_part}")
        self._last_arrival = answer.first_byte_at

    def _check_held(self, before: MediaList, now: MediaList, answer: Answer, part: Answer) -> dict[str, bytes]:
        """The hinted part against the reload that waited for it. Gives its body by URI."""
        msn, index = before.next_part
        segment, uri = now.segment(msn), before.hinted_part
        was_cut = now.is_ended or segment is None or (segment.uri is not None and len(segment.parts) <= index)
        if was_cut or uri is None:
            return {}
        self._ledger.check("media.hint-held", part.status == 200, f"{uri}: {part.status}")
        if part.status != 200:
            return {}
        spread_s = part.done_at - part.first_byte_at
        evidence = f"{uri}: {spread_s:.3f} s from first to last byte"
        self._ledger.check("media.hint-whole", spread_s <= _WHOLE_WITHIN_S, evidence)
        late_s = answer.first_byte_at - part.first_byte_at
        self._ledger.measured["hold_release_spread_s"] = max(
            self._ledger.measured.get("hold_release_spread_s", 0.0), abs(late_s)
        )
        evidence = f"{uri}: the list came {late_s:.3f} s after the part"
        self._ledger.check("block.released", abs(late_s) <= _RELEASED_WITHIN_S, evidence)
        return {uri: part.body}

    def _check_delta(self, before: MediaList, now: MediaList, answer: Answer) -> None:
        """Only comparable when nothing was published between the two answers."""
        delta = parse_media(answer.text)
        self.saved.append(Saved(f"delta-{self.reloads:04}", answer.text))
        if answer.status == 200 and (delta.hints, delta.is_ended) == (now.hints, now.is_ended) and before.text:
            check_list(self._ledger, delta)
            check_delta(self._ledger, before, now, delta)

    async def _take(self, before: MediaList, now: MediaList, bodies: dict[str, bytes]) -> None:
        check_list(self._ledger, now)
        check_reports(self._ledger, now, self.url, self._siblings)
        if before.text:
            check_update(self._ledger, before, now)
        self._note_removed(before, now)
        self.list = now
        self.saved.append(Saved(f"list-{self.reloads:04}", now.text))
        for segment in now.segments:
            if segment.msn not in self._done_segments:
                await self._take_segment(segment, bodies)

    async def _take_segment(self, segment: SegmentLines, bodies: dict[str, bytes]) -> None:
        if segment.map_uri is not None and segment.map_uri != self._map_uri:
            self._map_uri = segment.map_uri
            self._media.take_init((await self._body(segment.map_uri)) or b"")
        seen = self._bodies.setdefault(segment.msn, [])
        for index in range(len(seen), len(segment.parts)):
            part = segment.parts[index]
            body = await self._body(part.uri)
            if part.uri in bodies:
                is_same = bodies[part.uri] == body
                self._ledger.check("media.same-bytes", is_same, f"{part.uri} changed after it was hinted")
            seen.append(body or b"")
            date = segment.date if index == 0 else None
            self._media.take_part(f"part {segment.msn}.{index}", part, body or b"", date)
        if segment.uri is not None:
            self._done_segments.add(segment.msn)
            data = await self._body(segment.uri)
            parts = self._bodies.pop(segment.msn)
            self._media.take_segment(segment, data or b"", parts if len(parts) == len(segment.parts) > 0 else None)

    async def _body(self, uri: str) -> bytes | None:
        answer = await self._fetcher.get(self._child(uri), Kind.MEDIA)
        is_there = answer.status == 200
        self._ledger.check("media.lifetime", is_there, f"{uri} is listed, but {answer.status}")
        return answer.body if is_there else None

    def _note_removed(self, before: MediaList, now: MediaList) -> None:
        at = asyncio.get_running_loop().time()
        self._longest_s = max(self._longest_s, now.duration_s())
        listed = {part.uri for segment in now.segments for part in segment.parts}
        gone = (part.uri for segment in before.segments for part in segment.parts if part.uri not in listed)
        self._unlisted += [(at, uri) for uri in gone]
        for segment in now.complete:
            self._first_seen.setdefault(segment.uri or "", at)
        for segment in before.complete:
            if segment.msn < now.media_sequence and segment.uri is not None:
                self._removed.append((self._first_seen.get(segment.uri, at), segment.listed_s, segment.uri))

    def _child(self, uri: str) -> str:
        return urljoin(self.url, uri)


class ProbeError(Exception):
    """The show cannot be probed at all."""


class Stalled(Exception):  # noqa: N818 - what happened, not a defect of the probe
    """A held reload came back without a list."""
