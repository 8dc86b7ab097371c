"""The whole probe of a show: its multivariant list, every rendition side by side, and the table of directives."""

import asyncio
from dataclasses import dataclass, field
from itertools import combinations
from urllib.parse import urljoin

import httpx

from tools.probe.check_captions import CaptionsChecker
from tools.probe.check_directives import DirectiveChecker
from tools.probe.check_list import check_multivariant
from tools.probe.fetching import Fetcher, Kind
from tools.probe.ledger import Ledger
from tools.probe.playlist import MediaList, Variant, parse_multivariant
from tools.probe.rendition_walk import ProbeError, RenditionWalk, Saved, Stalled

_RELOADS_BEFORE_DIRECTIVES = 2
_REPORT_SLACK_PARTS = 2
"""A report may be one part off; the list it is compared with was read up to a part earlier or later."""


@dataclass(slots=True)
class Walk:
    """A probe under way. After `run`, `ledger` has the findings and `saved` the playlists by file name."""

    url: str
    client: httpx.AsyncClient
    ledger: Ledger = field(default_factory=Ledger)
    saved: list[Saved] = field(default_factory=list)
    _walks: list[RenditionWalk] = field(default_factory=list)
    _captions: list[CaptionsChecker] = field(default_factory=list)

    async def run(self, seconds: float, *, is_stalled: bool = False) -> Ledger:
        """Follow the show for `seconds`, or to its end.

        With `is_stalled` the source is known to stand still: only that rule is checked.

        Raises:
            ProbeError: there is no playlist at the URL.
            httpx.HTTPError: the server does not answer.
        """
        fetcher = Fetcher(self.client, self.ledger)
        await self._open(fetcher)
        checker = DirectiveChecker(self.ledger, fetcher, self._walks[0].url)
        await asyncio.gather(*(walk.start() for walk in self._walks))
        if is_stalled:
            await checker.stalled()
            return self.ledger
        ends_at = asyncio.get_running_loop().time() + seconds
        first = self._walks[0]
        await asyncio.gather(*(self._follow(one, ends_at, checker if one is first else None) for one in self._walks))
        await self._finish(checker)
        return self.ledger

    async def _open(self, fetcher: Fetcher) -> None:
        answer = await fetcher.get(self.url, Kind.MULTIVARIANT)
        if answer.status != 200:
            raise ProbeError(f"{self.url} answered {answer.status}: {answer.text[:200]}")
        variants = parse_multivariant(answer.text)
        if variants:
            check_multivariant(self.ledger, answer.text, variants)
            self.saved.append(Saved("multivariant", answer.text))
        else:
            variants = [Variant(self.url, {})]
        urls = [urljoin(self.url, variant.uri) for variant in variants]
        for variant, url in zip(variants, urls, strict=True):
            others = [other for other in urls if other != url]
            if variant.attributes.get("TYPE") == "SUBTITLES":
                self._captions.append(CaptionsChecker(self.ledger, fetcher, url))
            else:
                self._walks.append(RenditionWalk(self.ledger, fetcher, variant, url, others))

    async def _follow(self, walk: RenditionWalk, ends_at: float, checker: DirectiveChecker | None) -> None:
        table: asyncio.Task[None] | None = None
        try:
            while asyncio.get_running_loop().time() < ends_at and not walk.list.is_ended:
                await walk.step()
                self._check_report(walk)
                if checker is not None and table is None and walk.reloads >= _RELOADS_BEFORE_DIRECTIVES:
                    table = asyncio.create_task(checker.run())
        except Stalled as stall:
            self.ledger.measured["stalled_after_reloads"] = float(walk.reloads)
            self.ledger.check("update.unchanged", "503" in str(stall), stall)
        if table is not None:
            await table

    async def _finish(self, checker: DirectiveChecker) -> None:
        for index, walk in enumerate(self._walks):
            await walk.finish()
            self.saved += [Saved(f"{index}-{one.name}", one.text) for one in walk.saved]
        if self._walks[0].list.is_ended:
            await checker.ended()
        else:
            await checker.rolled_off()
        for captions in self._captions:
            await captions.run(self._walks[0].list)
        for one, other in combinations(self._walks, 2):
            self._check_sync(one.list, other.list)

    def _check_report(self, walk: RenditionWalk) -> None:
        for report in walk.list.reports:
            url = urljoin(walk.url, report.get("URI", ""))
            for other in self._walks:
                if other.url == url and "LAST-MSN" in report:
                    msn, part = int(report["LAST-MSN"]), int(report.get("LAST-PART", 0))
                    told, seen = (
                        _parts_before(other.list, msn, part + 1),
                        _parts_before(other.list, *other.list.next_part),
                    )
                    if seen is not None:
                        is_true = told is not None and abs(told - seen) <= _REPORT_SLACK_PARTS
                        self.ledger.check("update.reports-true", is_true, f"{report}, seen {other.list.next_part}")

    def _check_sync(self, one: MediaList, other: MediaList) -> None:
        for segment in one.complete:
            twin = other.segment(segment.msn)
            if twin is not None and twin.uri is not None and segment.date and twin.date:
                apart_s = abs((segment.date - twin.date).total_seconds()) + abs(segment.listed_s - twin.listed_s)
                self.ledger.check("update.in-sync", apart_s < 1 / 25, f"segment {segment.msn}: {apart_s:.3f} s")


def _parts_before(found: MediaList, msn: int, part: int) -> int | None:
    """Position of a part among those listed; a segment that is not open yet follows the last."""
    count = 0
    for segment in found.segments:
        if not segment.parts and segment.msn != msn:
            continue
        if segment.msn == msn:
            return count + part
        count += len(segment.parts)
    return count + part if msn == found.next_part[0] or msn == found.last_msn + 1 else None
