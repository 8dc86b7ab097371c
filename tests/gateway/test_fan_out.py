"""Who in a room is handed an event, and how often it is written: for a crowd, once."""

import asyncio
from dataclasses import dataclass, field

import pytest

from onstage.events import EVERYONE, Recipients
from onstage.gateway.batch import FeedEvent
from onstage.gateway.feed import RoomFeed
from onstage.gateway.frames import Frame
from onstage.gateway.send_queue import MOST_ITEMS
from onstage.gateway.session import GatewaySession
from onstage.gateway.timers import SharedTimers
from onstage.model.role import Level
from tests.support.house import House

CROWD = 500


@dataclass
class Outlet:
    """A socket that keeps what is written to it."""

    is_full: bool = False
    written: list[Frame] = field(default_factory=list)
    ends: list[bool] = field(default_factory=list)

    def write(self, frame: Frame) -> None:
        self.written.append(frame)


class Room:
    """A feed with sessions that have begun."""

    def __init__(self, house: House) -> None:
        self.feed = RoomFeed(house.ctx, house.room.id, 0, SharedTimers(house.clock))
        self.outlets: dict[str, Outlet] = {}
        self.sessions: dict[str, GatewaySession] = {}
        self._seq = 0

    def enter(self, participant_id: str, level: Level, role: str) -> None:
        outlet = self.outlets[participant_id] = Outlet()
        session = GatewaySession(participant_id, level, role, outlet, outlet.ends.append)
        self.sessions[participant_id] = session
        self.feed.attach(session)
        session.begin(Frame("welcome"), self._seq, [])
        self.feed.bring_up(session)
        outlet.written.clear()

    def happens(self, recipients: Recipients = EVERYONE, *, about: tuple[str, Level, str] | None = None) -> None:
        """One more state event."""
        self._seq += 1
        participant = None if about is None else dict(zip(("id", "level", "role"), about, strict=True))
        data = {} if participant is None else {"participant": participant}
        tail = f'"name": "room.updated", "n": {self._seq}}}'
        self.feed.hand_out([FeedEvent("room.updated", self._seq, tail, recipients, is_state=True, data=data)])

    def heard(self, participant_id: str) -> list[str]:
        return [frame.text for frame in self.outlets[participant_id].written]


@pytest.fixture
def room(house: House) -> Room:
    return Room(house)


async def test_what_everybody_hears_is_written_once(room: Room, house: House) -> None:
    for number in range(CROWD):
        room.enter(f"pa_viewer_{number}", Level.VIEWER, "viewer")
        room.enter(f"pa_guest_{number}", Level.STAGE, "guest")
    for _ in range(3):
        room.happens()
    await house.clock.advance(0.5)
    for role, frames in (("viewer", 1), ("guest", 3)):  # gathered, and not
        first = room.outlets[f"pa_{role}_0"].written
        assert len(first) == frames
        for number in range(CROWD):
            written = room.outlets[f"pa_{role}_{number}"].written
            assert all(one is other and one.wire is other.wire for one, other in zip(written, first, strict=True))


async def test_what_one_person_hears_is_nobody_elses_business(room: Room, house: House) -> None:
    for number in range(CROWD):
        room.enter(f"pa_{number}", Level.STAGE, "guest")
    room.happens(Recipients.only("pa_7"))
    asked = [one for one, session in room.sessions.items() if session.position > 0]
    assert asked == ["pa_7"]
    room.happens()
    assert room.heard("pa_7") == [
        '{"type": "event", "seq": 1, "prev": 0, "name": "room.updated", "n": 1}',
        '{"type": "event", "seq": 2, "prev": 1, "name": "room.updated", "n": 2}',
    ]
    assert room.heard("pa_8") == ['{"type": "event", "seq": 2, "prev": 0, "name": "room.updated", "n": 2}']


async def test_who_changes_roles_hears_what_is_for_the_role_of_the_moment(room: Room, house: House) -> None:
    room.enter("pa_vic", Level.VIEWER, "viewer")
    room.enter("pa_other", Level.VIEWER, "viewer")
    guests = Recipients(roles=frozenset({"guest"}))
    viewers = Recipients(roles=frozenset({"viewer"}))
    room.happens(guests)  # 1
    room.happens(viewers)  # 2
    room.happens(about=("pa_vic", Level.STAGE, "guest"))  # 3
    room.happens(guests)  # 4
    room.happens(viewers)  # 5
    room.happens(about=("pa_vic", Level.VIEWER, "viewer"))  # 6
    room.happens(viewers)  # 7
    room.happens(guests)  # 8
    await house.clock.advance(0.5)
    heard = " ".join(room.heard("pa_vic"))
    assert [number for number in range(1, 9) if f'"seq": {number},' in heard] == [2, 3, 4, 6, 7]
    heard = " ".join(room.heard("pa_other"))
    assert [number for number in range(1, 9) if f'"seq": {number},' in heard] == [2, 3, 5, 6, 7]


async def test_a_full_socket_keeps_nobody_from_hearing_and_goes_on_where_it_was(room: Room, house: House) -> None:
    for name in ("pa_slow", "pa_quick"):
        room.enter(name, Level.STAGE, "guest")
    slow = room.outlets["pa_slow"]
    slow.is_full = True
    for _ in range(5):
        room.happens()
    assert (len(room.heard("pa_quick")), room.heard("pa_slow")) == (5, [])
    slow.is_full = False
    room.happens()  # still behind what waits
    assert room.heard("pa_slow") == []
    room.sessions["pa_slow"].on_room()
    [frame] = room.heard("pa_slow")
    assert [f'"seq": {n}, "prev": {n - 1},' in frame for n in range(1, 7)] == [True] * 6
    assert slow.ends == []


async def test_a_full_socket_is_cut_when_it_lets_too_much_state_wait(room: Room, house: House) -> None:
    room.enter("pa_slow", Level.STAGE, "guest")
    slow = room.outlets["pa_slow"]
    slow.is_full = True
    for _ in range(MOST_ITEMS):
        room.happens()
    assert slow.ends == []
    room.happens()
    assert slow.ends[0] is True
    farewell = room.sessions["pa_slow"].farewell
    assert farewell is not None
    assert farewell.code == "too_slow"


async def test_many_gathered_frames_leave_the_loop_to_others_now_and_then(room: Room, house: House) -> None:
    for number in range(CROWD):
        room.enter(f"pa_{number}", Level.VIEWER, "viewer")
    room.happens()
    advancing, seen = asyncio.ensure_future(house.clock.advance(0.5)), set[int]()
    while not advancing.done():
        seen.add(sum(bool(outlet.written) for outlet in room.outlets.values()))
        await asyncio.sleep(0)
    assert len(seen) > 3, "bit by bit"
    assert all(outlet.written for outlet in room.outlets.values())
