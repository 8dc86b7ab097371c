"""Live targets from the server's side: checked before each connection, tried again, and told of in order."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.output_making import NewOutput
from onstage.actions.target_urls import NewTarget
from onstage.composer.wire import AddTarget, RemoveTarget
from onstage.jobs.targets import ShowTargets
from onstage.model.outputs import Output, OutputReason, OutputStatus, OutputTrouble, OutputType
from onstage.model.records import Broadcast
from onstage.model.targets import TargetState
from onstage.outbound import Guard, Outbound
from onstage.sealing import Keyring
from tests.support.clock import settle
from tests.support.house import House

HOST = "live.example.com"
PUBLIC, PRIVATE = "93.184.216.34", "10.0.0.1"


@dataclass
class Stand:
    """A show's targets, with a composer that only notes what it is told."""

    house: House
    show: Broadcast
    answers: list[str] = field(default_factory=lambda: [PUBLIC])
    sent: list[AddTarget | RemoveTarget] = field(default_factory=list)
    told: list[tuple[str, str | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.targets = self.another()

    def another(self) -> ShowTargets:
        return ShowTargets(self.house.ctx, self.sent.append, self._tell, jitter=lambda: 0.0)

    def _tell(self, output_id: str, status: OutputStatus, reason: OutputReason | None) -> None:
        self.told.append((status.value, None if reason is None else reason.code.value))

    @property
    def output(self) -> Output:
        return self.show.outputs[1]

    async def composing(self) -> None:
        self.targets.composing()
        await settle()

    async def hears(self, *, is_live: bool, trouble: OutputTrouble | None = None) -> None:
        self.targets.take(TargetState(self.output.id, is_live=is_live, trouble=trouble))
        await settle()


@pytest.fixture
async def stand(house: House) -> AsyncIterator[Stand]:
    answers = [PUBLIC]

    async def resolve(host: str, port: int) -> list[str]:
        assert (host, port) == (HOST, 443)
        return answers

    house.ctx.outbound = Outbound(Guard(resolve=resolve))
    wanted = [NewOutput(OutputType.RTMP, NewTarget(f"rtmps://{HOST}/app/key"))]
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast(outputs=wanted))
    made = Stand(house, show, answers)
    made.targets.follow(show.outputs)
    await settle()
    yield made
    await made.targets.stop()


async def test_a_composer_is_told_the_address_that_was_checked_and_the_name_it_is_of(stand: Stand) -> None:
    assert stand.sent == [], "there is no composer yet"
    await stand.composing()
    [add] = stand.sent
    assert isinstance(add, AddTarget)
    assert (add.output_id, add.addresses, add.url.host, add.url.key) == (stand.output.id, (PUBLIC,), HOST, "key")
    await stand.hears(is_live=True)
    assert stand.told == [("live", None)]


async def test_a_lost_target_is_looked_up_anew_before_it_is_connected_to_again(stand: Stand) -> None:
    await stand.composing()
    await stand.hears(is_live=True)
    stand.answers[:] = [PRIVATE]
    await stand.hears(is_live=False, trouble=OutputTrouble.LOST)
    await stand.house.clock.advance(1.0)
    assert len(stand.sent) == 1, "the name leads to a private address now: nobody connects to it"
    stand.answers[:] = ["93.184.216.35"]
    await stand.house.clock.advance(2.0)
    add: Any = stand.sent[-1]
    assert add.addresses == ("93.184.216.35",)
    await stand.hears(is_live=True)
    lost, forbidden = ("reconnecting", "lost"), ("reconnecting", "not_allowed")
    assert stand.told == [("live", None), lost, forbidden, ("live", None)]


async def test_a_refusal_ends_it(stand: Stand) -> None:
    await stand.composing()
    await stand.hears(is_live=False, trouble=OutputTrouble.REFUSED)
    await stand.house.clock.advance(3600)
    assert (len(stand.sent), stand.told) == (1, [("failed", "refused")])


async def test_a_new_composer_is_told_of_all_targets_at_once(stand: Stand) -> None:
    await stand.composing()
    await stand.hears(is_live=True)
    stand.targets.composer_lost()
    await settle()
    assert len(stand.sent) == 1
    await stand.composing()
    assert len(stand.sent) == 2
    await stand.hears(is_live=True)
    assert stand.told == [("live", None), ("reconnecting", "composer"), ("live", None)]


async def test_a_target_that_keeps_up_no_more_is_live_all_the_same(stand: Stand) -> None:
    await stand.composing()
    await stand.hears(is_live=True)
    await stand.hears(is_live=True, trouble=OutputTrouble.SLOW)
    await stand.hears(is_live=True)
    assert stand.told == [("live", None), ("live", "slow"), ("live", None)]


async def test_of_more_than_can_be_heard_in_time_the_newest_counts(stand: Stand) -> None:
    await stand.composing()
    for _ in range(1000):
        stand.targets.take(TargetState(stand.output.id, is_live=True))
    await stand.hears(is_live=False, trouble=OutputTrouble.LOST)
    assert stand.told[-1] == ("reconnecting", "lost")
    assert len(stand.told) < 20


async def test_a_target_that_is_over_is_taken_off_the_composer(stand: Stand) -> None:
    await stand.composing()
    ended = stand.output.moved(OutputStatus.ENDED, None, stand.house.clock.now())
    stand.targets.follow((stand.show.outputs[0], ended))
    await stand.hears(is_live=False, trouble=OutputTrouble.LOST)
    assert stand.sent[1:] == [RemoveTarget(stand.output.id)]
    assert stand.told == []


async def test_after_a_restart_of_the_server_what_was_live_reconnects(stand: Stand) -> None:
    live = stand.output.moved(OutputStatus.LIVE, None, stand.house.clock.now())
    next_server = stand.another()
    next_server.follow((live,))
    next_server.composing()
    await settle()
    assert stand.told == [("reconnecting", "composer")]
    assert len(stand.sent) == 1
    await next_server.stop()


async def test_a_key_that_the_server_can_read_no_more_is_told(stand: Stand) -> None:
    stand.house.ctx.keyring = Keyring(b"another secret of thirty-two bytes")
    await stand.composing()
    assert (stand.sent, stand.told) == ([], [("failed", "unreadable")])
