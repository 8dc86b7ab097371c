"""Revoked tokens: refused at once at every door, and their holders shown out."""

from datetime import timedelta
from typing import Any

import pytest

from onstage.actions.authentication import proven_grant, require_standing
from onstage.actions.projects import create_project
from onstage.actions.revoking import forget_revocations
from onstage.clock import rfc3339
from onstage.errors import ErrorCode
from onstage.store import revocations
from tests.support.gateway import ServedHouse
from tests.support.problems import code
from tests.support.refusals import refused
from tests.support.tampering import token_of
from tests.support.tokens import NOW, ROOM, call, join, key_of, management, minted, offline, refused_everywhere


async def revoke(doors: ServedHouse, path: str = f"{ROOM}/tokens/revoke", **which: Any) -> dict[str, Any]:
    answer = await doors.rest.post(path, json=which)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("path", [f"{ROOM}/tokens/revoke", "/v1/tokens/revoke"])
async def test_a_revoked_token_is_refused_at_once_and_its_holder_is_cut(doors: ServedHouse, path: str) -> None:
    mine, other = await minted(doors, "gus"), await minted(doors, "gil")
    for one in (mine, other):
        await join(doors, one["token"])
    async with doors.client(mine["token"]) as gus, doors.client(other["token"]) as gil:
        await gus.first()
        await gil.first()
        said = await revoke(doors, path, jti=mine["jti"])
        assert (said["jti"], said["identity"]) == (mine["jti"], None)
        assert await gus.bye() == "token_revoked"
        left = await gil.until_event("participant.left")
        assert left["data"]["reason"] == "token_revoked"
        assert (await gil.request("hand.raise"))["error"]["code"] == "hand_not_raisable", "others are not touched"
    await refused_everywhere(doors, mine["token"], "token_revoked")
    assert (await call(doors, other["token"])).status_code == 200


async def test_an_identitys_tokens_are_revoked_and_a_newer_one_is_good(doors: ServedHouse) -> None:
    old = [(await minted(doors))["token"] for _ in range(2)]
    await join(doors, old[0])
    await revoke(doors, identity="gus")
    for token in old:
        await refused_everywhere(doors, token, "token_revoked")
    own = token_of(offline(doors, sub="gus", role="guest"), doors.house.secret)
    assert code(await join(doors, own)) == "token_revoked", "whoever signed it"
    await doors.house.clock.advance(0.25)
    new = (await minted(doors))["token"]
    assert (await join(doors, new)).status_code == 200


async def test_a_token_whose_signer_is_ahead_of_us_is_revoked_with_the_identitys_others(doors: ServedHouse) -> None:
    """Up to 30 s ahead are taken; so for as long it can't be told whether such a token was made before or after."""
    ahead = token_of(offline(doors, sub="gus", role="guest", iat=NOW + 30), doors.house.secret)
    assert (await join(doors, ahead)).status_code == 200
    await revoke(doors, identity="gus")
    await refused_everywhere(doors, ahead, "token_revoked")
    await doors.house.clock.advance(1)
    assert (await join(doors, (await minted(doors))["token"])).status_code == 200, "we know when we made ours"
    later = token_of(offline(doors, sub="gus", role="guest", iat=NOW + 31), doors.house.secret)
    assert (await join(doors, later)).status_code == 200


async def test_who_said_hello_with_another_token_is_cut_with_that_one(doors: ServedHouse) -> None:
    first, second = await minted(doors), await minted(doors)
    await join(doors, first["token"])
    async with doors.client(second["token"]) as client:
        await client.first()
        await revoke(doors, jti=second["jti"])
        assert await client.bye() == "token_revoked"
    assert (await join(doors, first["token"])).status_code == 200


async def test_who_holds_a_newer_token_stays_when_the_older_is_revoked(doors: ServedHouse) -> None:
    first, second = await minted(doors), await minted(doors)
    await join(doors, first["token"])
    await join(doors, second["token"])
    async with doors.client(second["token"]) as client:
        await client.first()
        await revoke(doors, jti=first["jti"])
        assert (await call(doors, second["token"])).status_code == 200
        assert (await client.request("participant.leave"))["ok"]


@pytest.mark.parametrize("bounds", [{}, {"roles": ["guest"]}])
async def test_a_revoked_key_shows_out_who_is_there_by_a_token_of_its(
    doors: ServedHouse, bounds: dict[str, Any]
) -> None:
    key, secret = await key_of(doors, **bounds)
    mine, again, others = (
        token_of(offline(doors, sub=who, role="guest"), of)
        for who, of in (("gus", secret), ("gil", secret), ("gil", doors.house.secret))
    )
    made = await minted(doors, "ann", auth=(doors.house.project.id, secret))
    for token in (mine, again, made["token"]):
        assert (await join(doors, token)).status_code == 200
    async with doors.client(others) as gil, doors.client(mine) as gus:
        await gil.first()
        await gus.first()
        assert (await doors.rest.delete(f"/v1/keys/{key}")).status_code == 204
        assert await gus.bye() == "token_revoked"
        left = await gil.until_event("participant.left")
        assert left["data"]["participant"]["identity"] in ("gus", "ann"), "in whatever order"
        assert left["data"]["reason"] == "token_revoked"
    assert (await call(doors, others)).status_code == 200, "who holds another key's token by now stays"
    by_the_server = await call(doors, made["token"])
    assert code(by_the_server) == "token_revoked" if bounds else by_the_server.status_code == 200


@pytest.mark.parametrize("has_key_id", [True, False])
@pytest.mark.parametrize("bounds", [{}, {"roles": ["guest"]}])
async def test_what_a_key_signed_that_was_revoked_is_said_to_be_revoked(
    doors: ServedHouse, bounds: dict[str, Any], has_key_id: bool
) -> None:
    key, secret = await key_of(doors, **bounds)
    header = {"alg": "HS256"} | ({"kid": key} if has_key_id else {})
    own = token_of(offline(doors, sub="gus", role="guest"), secret, header=header)
    manages = token_of(management(doors), secret, header=header)
    nobodys = token_of(offline(doors, sub="gus", role="guest"), secret + "x", header=header)
    made = (await minted(doors, "ann", auth=(doors.house.project.id, secret)))["token"]
    assert (await doors.rest.delete(f"/v1/keys/{key}")).status_code == 204
    await refused_everywhere(doors, own, "token_revoked")
    assert code(await call(doors, manages, "/v1/rooms")) == "token_revoked"
    await refused_everywhere(doors, nobodys, "token_invalid")
    if bounds:
        await refused_everywhere(doors, made, "token_revoked")


async def test_what_a_key_signed_that_has_expired_is_said_to_be_revoked(doors: ServedHouse) -> None:
    _, secret = await key_of(doors, expires_at=rfc3339(doors.house.clock.now() + timedelta(minutes=1)))
    token = token_of(offline(doors, sub="gus", role="guest"), secret)
    assert (await join(doors, token)).status_code == 200
    await doors.house.clock.advance(60)
    await refused_everywhere(doors, token, "token_revoked")


async def test_a_key_that_is_revoked_while_somebody_comes_lets_nobody_in(doors: ServedHouse) -> None:
    """Between the look at the token and the transaction that lets them in."""
    house = doors.house
    key, secret = await key_of(doors)
    async with house.ctx.database.read() as tx:
        grant, room_id = await proven_grant(house.ctx, tx, token_of(offline(doors), secret))
    await doors.rest.delete(f"/v1/keys/{key}")
    async with house.ctx.database.begin() as tx:
        assert await refused(require_standing(house.ctx, tx, grant, room_id)) is ErrorCode.TOKEN_REVOKED


async def test_a_room_revokes_for_itself_alone(doors: ServedHouse) -> None:
    await doors.house.another_room("other")
    here, there = (
        await minted(doors),
        await doors.rest.post("/v1/rooms/other/tokens", json={"identity": "gus", "role": "guest"}),
    )
    await revoke(doors, identity="gus")
    assert code(await join(doors, here["token"])) == "token_revoked"
    assert (await join(doors, there.json()["token"])).status_code == 200
    await revoke(doors, "/v1/tokens/revoke", identity="gus")
    assert code(await join(doors, there.json()["token"])) == "token_revoked"


async def test_another_project_revokes_nothing_here(doors: ServedHouse) -> None:
    stranger, secret = await create_project(doors.house.ctx, "stranger")
    mine = await minted(doors)
    for which in ({"jti": mine["jti"]}, {"identity": "gus"}):
        answer = await doors.rest.post("/v1/tokens/revoke", json=which, auth=(stranger.id, secret))
        assert answer.status_code == 200
        there = await doors.rest.post(f"{ROOM}/tokens/revoke", json=which, auth=(stranger.id, secret))
        assert code(there) == "room_not_found"
    assert (await join(doors, mine["token"])).status_code == 200


async def test_only_a_server_revokes_and_says_what(doors: ServedHouse) -> None:
    headers = {"Authorization": f"Bearer {await doors.token('anna', 'host')}"}
    for path in (f"{ROOM}/tokens/revoke", "/v1/tokens/revoke"):
        answer = await doors.rest.post(path, json={"identity": "x"}, auth=None, headers=headers)
        assert code(answer) == "permission_denied"
        for body in ({}, {"jti": "a", "identity": "b"}, {"jti": ""}, {"identity": "x y"}):
            assert code(await doors.rest.post(path, json=body)) == "malformed"


async def test_revocations_are_forgotten_when_no_token_can_be_left(doors: ServedHouse) -> None:
    house = doors.house
    await revoke(doors, identity="gus")
    issued_at = house.clock.now()

    async def stands() -> bool | None:
        async with house.ctx.database.read() as tx:
            return await revocations.standing(
                tx, house.project.id, house.room.id, jti=None, identity="gus", issued_at=issued_at
            )

    await house.clock.advance(89 * 86_400)
    await forget_revocations(house.ctx)
    assert await stands() is False
    await house.clock.advance(2 * 86_400)
    await forget_revocations(house.ctx)
    assert await stands() is True
