"""Whose token is revoked is shown out, whenever the process that revokes it dies."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from onstage.actions import presence, revoking
from onstage.actions.keys import NewKey, create_key, revoke_key
from onstage.actions.revoking import RevokedTokens, revoke_tokens, show_out_by_revoked_keys
from onstage.jobs.timers import Timers
from onstage.model.records import Participant, Revocation
from onstage.store.database import Tx
from tests.support.clock import EPOCH
from tests.support.house import House
from tests.support.tampering import token_of
from tests.support.waiting import until


class DiedError(Exception):
    """The process is gone."""


async def die(*_: Any, **__: Any) -> None:
    raise DiedError


async def nothing_follows(_tx: Tx) -> None:
    """What else is to be done behind the commit isn't."""


@pytest.fixture
def _dying(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind its first commit in which something is written, the process does nothing more."""
    monkeypatch.setattr("onstage.store.database._follow", nothing_follows)
    monkeypatch.setattr(revoking, "do_due", die)


async def everywhere(house: House, identity: str, rooms: Iterable[str]) -> list[Participant]:
    for room in rooms:
        await house.another_room(room)
    return [await house.join(identity, "guest", room=room) for room in ("show", *rooms)]


async def are_here(house: House, people: Iterable[Participant]) -> list[bool]:
    return [await house.is_here(one) for one in people]


@pytest.mark.usefixtures("_dying")
async def test_an_identity_is_shown_out_of_every_room_in_the_same_transaction(house: House) -> None:
    people = await everywhere(house, "gus", ["b", "a"])
    gil = await house.join("gil", "guest")
    with pytest.raises(DiedError):
        await revoke_tokens(house.ctx, house.server, None, RevokedTokens(jti=None, identity="gus"))
    assert await are_here(house, [*people, gil]) == [False, False, False, True]
    assert (await house.names())[-1] == "participant.left"


@pytest.mark.usefixtures("_dying")
async def test_a_room_shows_out_in_the_same_transaction_and_touches_no_other(house: House) -> None:
    people = await everywhere(house, "gus", ["a"])
    with pytest.raises(DiedError):
        await revoke_tokens(house.ctx, house.server, "a", RevokedTokens(jti=None, identity="gus"))
    assert await are_here(house, people) == [True, False]


async def test_of_those_who_come_in_just_then_nobody_stays(house: House) -> None:
    names = [f"room-{number}" for number in range(6)]
    people = await everywhere(house, "gus", names)
    for one in people[::2]:
        await presence.leave_room(house.ctx, house.caller(one))
    tokens = [await house.token("gus", "guest", room=name) for name in names]
    which = RevokedTokens(jti=None, identity="gus")
    coming = (presence.join(house.ctx, token) for token in tokens)
    revoked, *_ = await asyncio.gather(
        revoke_tokens(house.ctx, house.server, None, which), *coming, return_exceptions=True
    )
    assert isinstance(revoked, Revocation)
    assert not any(await are_here(house, people))


async def by_a_key(house: House, *identities: str, **more: str) -> tuple[str, list[Participant]]:
    """A key, and people in the room by tokens that it signed."""
    key, secret = await create_key(house.ctx, house.server, NewKey("signs"))
    now = int((house.clock.now() - EPOCH).total_seconds() + EPOCH.timestamp())
    people = []
    for identity in identities:
        said = {"iss": house.project.id, "iat": now, "exp": now + 3_600, "room": "show", "sub": identity}
        _, participant = await presence.join(house.ctx, token_of(said | {"role": "guest"} | more, secret))
        people.append(participant)
    return key.id, people


async def test_of_more_than_go_at_once_everybody_goes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revoking, "AT_ONCE", 2)
    _, people = await by_a_key(house, *(f"gil-{number}" for number in range(5)), jti="one-for-all")
    gus = await house.join("gus", "guest")
    await revoke_tokens(house.ctx, house.server, None, RevokedTokens(jti="one-for-all", identity=None))
    assert await are_here(house, [*people, gus]) == [False] * 5 + [True]


async def test_who_is_there_by_a_revoked_key_is_found_when_the_server_that_revoked_it_died(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    gus = await house.join("gus", "guest")
    key, people = await by_a_key(house, *(f"gil-{number}" for number in range(12)))
    with monkeypatch.context() as dying:
        dying.setattr(revoking, "do_due", die)
        with pytest.raises(DiedError):
            await revoke_key(house.ctx, house.server, key)
    assert all(await are_here(house, people))
    timers = Timers(house.ctx)
    await timers.start()

    async def are_gone() -> bool:
        return not any(await are_here(house, people))

    await until(are_gone, what="the first look of the server that comes after")
    await timers.stop()
    assert await house.is_here(gus)
    left = [one for one in await house.events() if one.name == "participant.left"]
    assert [one.data["reason"] for one in left] == ["token_revoked"] * 12
    await show_out_by_revoked_keys(house.ctx)
    assert (await house.names()).count("participant.left") == 12


async def test_a_key_that_lives_shows_nobody_out(house: House) -> None:
    _, people = await by_a_key(house, "gil")
    await show_out_by_revoked_keys(house.ctx)
    assert await are_here(house, people) == [True]
