"""Asks what players rarely ask: the table of delivery directives (§6.2.5), on a live playlist."""

import asyncio

import httpx

from tools.probe.fetching import Answer, Fetcher, Kind
from tools.probe.ledger import Ledger
from tools.probe.playlist import LATEST_FIRST_MSN, MediaList, parse_media

AT_ONCE_S = 0.25
"""An answer later than this was held (a quarter of the shortest sensible wait, and much more than a round trip)."""


class DirectiveChecker:
    """Runs the table once against one media playlist."""

    def __init__(self, ledger: Ledger, fetcher: Fetcher, url: str) -> None:
        self._ledger = ledger
        self._fetcher = fetcher
        self._url = url

    async def run(self) -> None:
        """Every row, those that wait side by side."""
        await self._refused()
        await self._present()
        await asyncio.gather(self._msn_alone(), self._roll_over(), self._held_part(), self._unknown_media())
        await self._heads()

    async def rolled_off(self) -> None:
        """A segment that has left the list; nothing to ask while none has."""
        now = await self._now()
        if now.media_sequence <= LATEST_FIRST_MSN or now.is_ended:
            return
        for query in (f"_HLS_msn={now.media_sequence - 1}", f"_HLS_msn={LATEST_FIRST_MSN}&_HLS_part=0"):
            answer = await self._ask(query)
            is_whole = answer.status == 200 and answer.waited_s < AT_ONCE_S
            is_whole = is_whole and parse_media(answer.text).last_msn >= now.last_msn
            self._ledger.check("block.rolled-off", is_whole, f"{query}: {answer.status} after {answer.waited_s:.2f} s")

    async def ended(self) -> None:
        """With ENDLIST every directive is ignored."""
        plain = await self._ask("")
        for query in ("_HLS_msn=999999&_HLS_part=0", "_HLS_part=0", "_HLS_skip=YES"):
            answer = await self._ask(query)
            self._ledger.check("block.ended", answer.text == plain.text, f"{query}: {answer.status}")

    async def stalled(self) -> None:
        """The source stands still: held reloads get 503 after three target durations, and never the same list."""
        now = await self._now()
        msn, part = now.next_part
        due_s = 3 * now.target_duration_s
        for answer in await asyncio.gather(self._ask(f"_HLS_msn={msn}&_HLS_part={part}"), self._ask(f"_HLS_msn={msn}")):
            is_held = answer.status == 503 and due_s - 0.5 <= answer.waited_s <= due_s + now.target_duration_s
            evidence = f"{answer.status} after {answer.waited_s:.2f} s, due {due_s} s"
            self._ledger.check("block.stalled", is_held, evidence)

    async def _refused(self) -> None:
        now = await self._now()
        msn, part = now.next_part
        limit = 3 / now.part_target_s if now.part_target_s and now.part_target_s < 1 else 3
        rows = [
            ("block.part-alone", "_HLS_part=0"),
            ("block.not-a-number", "_HLS_msn="),
            ("block.not-a-number", "_HLS_msn=x"),
            ("block.not-a-number", f"_HLS_msn={msn}&_HLS_part="),
            ("block.msn-too-far", f"_HLS_msn={msn + 4}"),
            ("block.msn-too-far", f"_HLS_msn={msn + 1000}&_HLS_part=0"),
            ("block.part-too-far", f"_HLS_msn={msn}&_HLS_part={part + int(limit) + 3}"),
        ]
        for rule, query in rows:
            answer = await self._ask(query)
            is_held = answer.status == 400 and answer.waited_s < AT_ONCE_S
            self._ledger.check(rule, is_held, f"{query}: {answer.status} after {answer.waited_s:.2f} s")

    async def _present(self) -> None:
        now = await self._now()
        for query in (f"_HLS_msn={now.last_msn}", f"_HLS_msn={now.last_msn}&_HLS_part=0"):
            if now.complete:
                answer = await self._ask(query)
                is_whole = answer.status == 200 and parse_media(answer.text).last_msn >= now.last_msn
                is_held = is_whole and answer.waited_s < AT_ONCE_S
                self._ledger.check("block.present", is_held, f"{query}: {answer.status} after {answer.waited_s:.2f} s")

    async def _msn_alone(self) -> None:
        msn, _ = (await self._now()).next_part
        answer = await self._ask(f"_HLS_msn={msn}")
        found = parse_media(answer.text)
        is_held = answer.status == 200 and (found.last_msn >= msn or found.is_ended)
        self._ledger.check("block.msn-alone", is_held, f"asked {msn}: {answer.status}, last is {found.last_msn}")

    async def _held_part(self) -> None:
        """Three times, since a part that the segment turns out not to have is another question."""
        for _ in range(3):
            msn, part = (await self._now()).next_part
            answer = await self._ask(f"_HLS_msn={msn}&_HLS_part={part + 1}")
            found = parse_media(answer.text)
            is_held = answer.status == 200 and (found.next_part > (msn, part + 1) or found.is_ended)
            evidence = f"asked {msn}.{part + 1}: {answer.status}, next is {found.next_part}"
            self._ledger.check("block.part", is_held, evidence)

    async def _roll_over(self) -> None:
        """Asked while part 0 of M+1 is there, so that the answer is due at once."""
        now = await self._now()
        for _ in range(12):
            last = now.segment(now.last_msn)
            if last is not None and last.parts and now.next_part[1] > 0:
                break
            msn, part = now.next_part
            now = parse_media((await self._ask(f"_HLS_msn={msn}&_HLS_part={part}")).text)
        else:
            return
        query = f"_HLS_msn={last.msn}&_HLS_part={len(last.parts)}"
        answer = await self._ask(query)
        is_held = answer.status == 200 and answer.waited_s < AT_ONCE_S
        self._ledger.check("block.roll-over", is_held, f"{query}: {answer.status} after {answer.waited_s:.2f} s")

    async def _unknown_media(self) -> None:
        answer = await self._fetcher.get(self._url.rpartition("/")[0] + "/no-such-part.m4s", Kind.MEDIA)
        is_held = answer.status == 404 and answer.waited_s < AT_ONCE_S
        self._ledger.check("media.unknown", is_held, f"{answer.status} after {answer.waited_s:.2f} s")

    async def _heads(self) -> None:
        try:
            answer = await self._fetcher.head(self._url)
        except httpx.HTTPError as problem:
            self._ledger.check("http.head", problem is None, problem)
        else:
            is_held = answer.status_code == 200 and not answer.content
            self._ledger.check("http.head", is_held, f"{answer.status_code}, {len(answer.content)} bytes")
        await self._fetcher.get(self._url, Kind.PLAIN_PLAYLIST, accept_encoding="identity")

    async def _now(self) -> MediaList:
        return parse_media((await self._ask("")).text)

    async def _ask(self, query: str) -> Answer:
        kind = Kind.BLOCKING_PLAYLIST if "_HLS_msn" in query or "_HLS_part" in query else Kind.PLAIN_PLAYLIST
        return await self._fetcher.get(f"{self._url}?{query}" if query else self._url, kind)
