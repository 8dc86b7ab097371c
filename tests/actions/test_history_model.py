"""The history of any show equals the notes of somebody at the door, who looks every second."""

import asyncio
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onstage.actions import presence, promotion
from onstage.actions.history import read_session, read_session_participants, read_sessions
from onstage.actions.rooms import end_room
from onstage.errors import OnstageError
from onstage.model.filters import SessionFilter
from onstage.model.records import Participant
from onstage.model.role import Level
from tests.support.house import House, open_house
from tests.support.stores import Store

ROLES = {"anna": "host", "gus": "guest", "amy": "audience", "vic": "viewer", "wim": "viewer"}
DEEDS = ["join", "join", "join", "leave", "remove", "promote", "demote", "end", "wait"]


@dataclass
class Notes:
    """What is seen of one session: seconds of everybody at each level, and the most at a time."""

    seconds: Counter[tuple[str, Level]] = field(default_factory=Counter)
    peaks: Counter[Level] = field(default_factory=Counter)
    peak_total: int = 0

    def look(self, here: dict[str, Level]) -> None:
        for level, number in Counter(here.values()).items():
            self.peaks[level] = max(self.peaks[level], number)
        self.peak_total = max(self.peak_total, len(here))


class Show:
    """People do things, allowed or not; who is where is noted from what the calls answer."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.people: dict[str, Participant] = {}
        self.here: dict[str, Level] = {}
        self.notes: defaultdict[str, Notes] = defaultdict(Notes)
        self.session = ""

    async def play(self, deed: str, who: str) -> None:
        with suppress(OnstageError):
            await getattr(self, deed)(who)
        if self.here:
            self.notes[self.session].look(self.here)

    async def join(self, who: str) -> None:
        token = await self.house.token(who, ROLES[who])
        _, joined = await presence.join(self.house.ctx, token)
        self.people[who], self.here[who], self.session = joined, joined.level, joined.session_id

    async def leave(self, who: str) -> None:
        if who in self.people:
            await self.house.gone(self.people[who])
            self.here.pop(who, None)

    async def remove(self, who: str) -> None:
        await presence.remove(self.house.ctx, self.house.server, "show", who)
        del self.here[who]

    async def promote(self, who: str) -> None:
        if who in self.people:
            self.here[who] = (await self.house.promoted(self.people[who])).level

    async def demote(self, who: str) -> None:
        sent_back = await promotion.demote(self.house.ctx, self.house.server, "show", who, "audience")
        assert isinstance(sent_back, Participant)
        self.here[who] = sent_back.level

    async def end(self, _: str) -> None:
        await end_room(self.house.ctx, self.house.server, "show", reason="over", lock=False)
        self.here.clear()

    async def wait(self, _: str) -> None:
        for _second in range(7):
            await self.house.clock.advance(1)
            self.notes[self.session].seconds.update(self.here.items())

    async def compare(self) -> None:
        """Every session's history with what was noted of it."""
        house = self.house
        for session in await read_sessions(house.ctx, house.server, SessionFilter(), after=None, limit=200):
            noted = self.notes[session.id]
            found = await read_session(house.ctx, house.server, session.id)
            assert found.ms == {
                level: sum(1_000 * seconds for (_, at), seconds in noted.seconds.items() if at is level)
                for level in Level
            }
            peaks = session.peaks
            assert [peaks.stage, peaks.audience, peaks.viewer] == [noted.peaks[level] for level in Level]
            assert session.peak_total == noted.peak_total
            people = await read_session_participants(house.ctx, house.server, session.id, after=None, limit=200)
            assert found.participants == len(people)
            for person, stay in people:
                assert stay.ms == {level: 1_000 * noted.seconds[(person.identity, level)] for level in Level}


def test_a_history_is_what_somebody_at_the_door_has_seen(schema: Store, tmp_path: Path) -> None:
    runs = count()

    async def play(script: list[tuple[str, str]]) -> None:
        folder = tmp_path / str(next(runs))
        folder.mkdir()
        async with open_house(folder, schema) as house:
            show = Show(house)
            for deed, who in script:
                await show.play(deed, who)
            await show.compare()

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(st.tuples(st.sampled_from(DEEDS), st.sampled_from(sorted(ROLES))), min_size=60, max_size=60))
    def any_show(script: list[tuple[str, str]]) -> None:
        asyncio.run(play(script))

    any_show()
