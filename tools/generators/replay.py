"""protocol/replay: a snapshot, the events that came, and the snapshot taken afterwards (invariant 3).

Each scene is played on a real store and clock of its own; the SDK's tests replay what was recorded.
"""

import asyncio
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from onstage.actions.emit import emit_ephemeral
from onstage.actions.snapshot import take_snapshot
from onstage.bus.memory import Ephemeral
from onstage.clock import rfc3339
from onstage.events import AudienceCounted
from onstage.model.records import Participant
from tests.support.house import House, open_house
from tests.support.stores import SqliteStore, Store
from tools.generators.scenes import SCENES
from tools.generators.schemas import as_text

_ID = re.compile(r"\b(prj|rm|ses|pa|bc|out|rec|inv|msg|poll|plb)_[0-9a-hjkmnp-tv-z]{20}\b")
_COUNTS = "audience.counted"


class Recorder:
    """One person's page during a scene."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._person: Participant | None = None
        self._before: Any = None
        self._seq = 0

    async def watch(self, person: Participant) -> None:
        """Everything before this is only the scene's set."""
        self._person = person
        self._before = await self.house.snapshot(person)
        self._seq = await self.house.seq()

    async def recording(self, name: str) -> str:
        """The triple, with ids that are the same every time."""
        assert self._person is not None, "a scene watches somebody"
        role = self._before["me"]["role"]
        events: list[Any] = []
        prev = self._seq
        for event in await self.house.events(behind=self._seq):
            if event.recipients.include(self._person.id, role):
                at = rfc3339(event.at)
                events.append({"seq": event.seq, "prev": prev, "name": event.name, "at": at, "data": event.data})
                prev = event.seq
                role = _role_after(event.data, self._person.id) or role
        after = await self.house.snapshot(self._person)
        if after["counts"] != self._before["counts"]:
            events.append(await self._counted())
        return as_text(_with_plain_ids({"name": name, "before": self._before, "events": events, "after": after}))

    async def _counted(self) -> Any:
        """What jobs/counting tells within a second of a change."""
        assert self._person is not None, "a scene watches somebody"
        ctx = self.house.ctx
        view = (await take_snapshot(ctx, self.house.caller(self._person))).view
        async with await ctx.bus.subscribe(self.house.room.id) as subscription:
            await emit_ephemeral(ctx, self.house.room.id, AudienceCounted(counts=view.counts))
            [notice] = [one for one in await subscription.get() if isinstance(one, Ephemeral)]
        data = AudienceCounted.model_validate_json(notice.data).model_dump(mode="json")
        return {"seq": None, "prev": None, "name": notice.name, "at": notice.at, "data": data}


def _role_after(data: Any, participant_id: str) -> str | None:
    """The role that an event about the participant tells: what is said to roles is for who has them at the time."""
    participant = data.get("participant", {})
    return participant["role"] if participant.get("id") == participant_id else None


def _with_plain_ids(recorded: Any) -> Any:
    """Ids are random; here they are numbered in the order in which they appear."""
    known: dict[str, str] = {}

    def plain(value: Any) -> Any:
        match value:
            case dict():
                return {key: plain(one) for key, one in value.items()}
            case list():
                return [plain(one) for one in value]
            case str():
                return _ID.sub(lambda found: known.setdefault(found[0], f"{found[1]}_{len(known):020}"), value)
            case _:
                return value

    return plain(recorded)


def documents() -> dict[str, str]:
    """Each recording: its file name, and its text."""
    with tempfile.TemporaryDirectory() as folder:
        schema = SqliteStore(Path(folder))
        return {f"{name}.json": asyncio.run(_play(name, Path(folder), schema)) for name in sorted(SCENES)}


async def _play(name: str, folder: Path, schema: Store) -> str:
    scene: Callable[[House, Callable[[Participant], Awaitable[None]]], Awaitable[None]] = SCENES[name]
    async with open_house(folder, schema) as house:
        recorder = Recorder(house)
        await scene(house, recorder.watch)
        return await recorder.recording(name)
