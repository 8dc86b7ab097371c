"""Tokens that the app's server signs by itself: as good as ours, and no better than the key."""

import pytest

from onstage.actions.tokens import mint_for_code
from onstage.model.role import STAGE_DEFAULTS
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem
from tests.support.tampering import mutations, token_of
from tests.support.tokens import (
    HOUR,
    NOW,
    ROOM,
    call,
    join,
    key_of,
    management,
    minted,
    offline,
    refused_everywhere,
)

SEAT = ["message.send", "hand.raise", "reaction.send", "poll.vote"]


async def test_a_server_signs_by_itself_for_a_room_by_id_or_name(doors: ServedHouse) -> None:
    key, secret = await key_of(doors)
    for identity, room in (("anna", "show"), ("ben", doors.house.room.id)):
        token = token_of(offline(doors, sub=identity, room=room), secret, header={"alg": "HS256", "kid": key})
        assert (await join(doors, token)).json()["participant"]["role"] == "host"
        assert (await call(doors, token)).status_code == 200
        async with doors.client(token) as client:
            assert (await client.first())["type"] == "welcome"


async def test_no_wrong_claim_of_an_own_token_gets_in(doors: ServedHouse) -> None:
    full = offline(
        doors,
        name="Anna",
        permissions=["room.end"],
        metadata={"seat": 1},
        attributes={"team": "red"},
        jti="t1",
        nbf=NOW,
        join_from=NOW,
        join_until=NOW + HOUR,
        remove_at=NOW + HOUR,
        remove_after_s=60,
        media_allowed="all",
        join_audio_muted=True,
        join_video_muted=True,
        auto_create={"title": "x"},
        code="abc",
        type="participant",
    )
    needed = {"iss", "iat", "exp", "room", "sub", "role"}
    good = {"name is ''", "metadata is {}", "metadata is {'a': 1}", "permissions is []", "attributes is {}"}
    good |= {"auto_create is {}", "remove_after_s is 7"}
    for what, claims in mutations(full):
        name, _, how = what.partition(" is ")
        is_number_of_a_moment = name in ("iat", "nbf", "join_from") and how in ("7", "1.5")
        is_optional = name not in needed and how in ("left out", "None")
        if what in good or is_number_of_a_moment or (is_optional and (how == "left out" or _may_be_null(name))):
            continue
        answer = await join(doors, token_of(claims, doors.house.secret))
        expected = {"token_invalid", "token_expired", "join_too_late", "room_not_found", "unknown_role"}
        assert code(answer) in expected, what


def _may_be_null(name: str) -> bool:
    return name in {"jti", "join_from", "join_until", "remove_at", "remove_after_s", "auto_create", "code"}


async def test_whoever_signs_is_told_which_claim_is_wrong(doors: ServedHouse) -> None:
    found = problem(await join(doors, token_of(offline(doors, metadata=[]), doors.house.secret)))
    assert "`metadata`" in found["detail"]
    found = problem(await join(doors, token_of(offline(doors, name="\u202eann"), doors.house.secret)))
    assert found["detail"].startswith("The claim `name` is wrong: ")
    found = problem(await join(doors, token_of(offline(doors, exp=NOW + 91 * 86_400), doors.house.secret)))
    assert "7776000" in found["expected"]


async def test_a_bounded_key_grants_no_more_by_itself_than_through_us(doors: ServedHouse) -> None:
    _, secret = await key_of(doors, roles=["viewer", "guest"], permissions=SEAT)
    good = token_of(offline(doors, role="viewer", sub="vic"), secret)
    assert (await join(doors, good)).status_code == 200
    for changed in ({"role": "host"}, {"role": "viewer", "permissions": ["room.end"]}):
        token = token_of(offline(doors, **changed), secret)
        assert code(await join(doors, token)) == "token_exceeds_key"
        assert code(await call(doors, token)) == "token_exceeds_key"
    assert code(await join(doors, token_of(offline(doors, role="guest"), secret))) == "token_exceeds_key"
    assert code(await call(doors, token_of(management(doors), secret), "/v1/rooms")) == "key_bounded"


async def test_a_key_that_is_bounded_later_takes_its_tokens_along(doors: ServedHouse) -> None:
    key, secret = await key_of(doors)
    token = token_of(offline(doors), secret)
    assert (await join(doors, token)).status_code == 200
    await doors.rest.patch(f"/v1/keys/{key}", json={"roles": ["viewer"]})
    await refused_everywhere_by(doors, token, "token_exceeds_key", bye="token_invalid")
    await doors.rest.delete(f"/v1/keys/{key}")
    await refused_everywhere(doors, token, "token_revoked")


async def test_a_bounded_keys_token_never_speaks_for_somebody_who_is_more(doors: ServedHouse) -> None:
    key, secret = await key_of(doors, roles=["viewer"])
    hosts = await minted(doors, "anna", "host")
    await join(doors, hosts["token"])
    auth = (doors.house.project.id, secret)
    body = {"identity": "anna", "role": "viewer"}
    made = (await doors.rest.post(f"{ROOM}/tokens", json=body, auth=auth)).json()["token"]
    for token in (token_of(offline(doors, role="viewer"), secret), made):
        await refused_everywhere_by(doors, token, "token_exceeds_key", bye="token_invalid")
    await join(doors, (await minted(doors, "vic", "viewer", permissions=["room.end"]))["token"])
    more = token_of(offline(doors, role="viewer", sub="vic"), secret)
    await refused_everywhere_by(doors, more, "token_exceeds_key", bye="token_invalid")
    await doors.rest.patch(f"/v1/keys/{key}", json={"permissions": [*SEAT, "room.end"]})
    assert (await join(doors, more)).status_code == 200, "within the bounds that it names now"


@pytest.mark.parametrize("way", ["made", "changed"])
async def test_a_key_bounded_by_roles_alone_gives_nothing_besides_the_role(doors: ServedHouse, way: str) -> None:
    """Whoever holds it could else ban and end in the name of a viewer."""
    key, secret = await key_of(doors, **({"roles": ["viewer", "guest"]} if way == "made" else {}))
    if way == "changed":
        await doors.rest.patch(f"/v1/keys/{key}", json={"roles": ["viewer", "guest"]})
    for role, given in (("guest", "room.end"), ("viewer", "message.send")):
        body = {"identity": "eve", "role": role, "permissions": [given]}
        answer = await doors.rest.post(f"{ROOM}/tokens", json=body, auth=(doors.house.project.id, secret))
        assert code(answer) == "token_exceeds_key"
        token = token_of(offline(doors, sub="eve", role=role, permissions=[given]), secret)
        assert given in problem(await join(doors, token))["detail"]
        await refused_everywhere_by(doors, token, "token_exceeds_key", bye="token_invalid")
    guest = await join(doors, token_of(offline(doors, sub="gus", role="guest"), secret))
    assert guest.json()["participant"]["permissions"] == sorted(STAGE_DEFAULTS)


async def test_nor_does_it_speak_for_whom_a_promotion_gave_more_than_the_role(doors: ServedHouse) -> None:
    _, secret = await key_of(doors, roles=["guest"])
    gus = (await join(doors, (await minted(doors, "gus", "viewer"))["token"])).json()["participant"]
    body = {"force": True, "role": "guest"}
    path = f"{ROOM}/participants/{gus['id']}/promote"
    token = token_of(offline(doors, sub="gus", role="guest"), secret)
    assert (await doors.rest.post(path, json=body)).status_code == 200
    assert (await join(doors, token)).status_code == 200
    await doors.rest.post(f"{ROOM}/participants/{gus['id']}/demote")
    assert (await doors.rest.post(path, json=body | {"permissions": ["room.end"]})).status_code == 200
    await refused_everywhere_by(doors, token, "token_exceeds_key", bye="token_invalid")


async def test_a_key_bounded_by_permissions_alone_gives_those_in_any_role(doors: ServedHouse) -> None:
    _, secret = await key_of(doors, permissions=[*SEAT, "room.end"])
    good = token_of(offline(doors, sub="vic", role="viewer", permissions=["room.end"]), secret)
    assert "room.end" in (await join(doors, good)).json()["participant"]["permissions"]
    for changed in ({"role": "host"}, {"role": "viewer", "permissions": ["participant.ban"]}):
        assert code(await join(doors, token_of(offline(doors, **changed), secret))) == "token_exceeds_key"


async def test_who_left_is_not_brought_back_by_a_key_that_could_not_make_them(doors: ServedHouse) -> None:
    _, secret = await key_of(doors, roles=["viewer"])
    await doors.house.join("ben", "host")
    await doors.house.gone(await doors.house.join("anna", "host"))
    assert code(await join(doors, token_of(offline(doors, role="viewer"), secret))) == "token_exceeds_key"


@pytest.mark.parametrize("way", ["signed", "minted", "code"])
async def test_a_promotion_outgrows_the_key_that_let_somebody_in_and_no_other(doors: ServedHouse, way: str) -> None:
    _, secret = await key_of(doors, roles=["viewer"])
    _, other = await key_of(doors, roles=["viewer"])
    token = await bounded_token(doors, secret, way)
    vic = (await join(doors, token)).json()["participant"]
    promoted = await doors.rest.post(f"{ROOM}/participants/{vic['id']}/promote", json={"force": True})
    assert promoted.status_code == 200, promoted.text
    assert (await join(doors, token)).json()["participant"]["level"] == "stage"
    assert (await call(doors, token)).status_code == 200
    async with doors.client(token) as client:
        assert (await client.first())["type"] == "welcome"
    others = token_of(offline(doors, role="viewer", sub=vic["identity"]), other)
    await refused_everywhere_by(doors, others, "token_exceeds_key", bye="token_invalid")


@pytest.mark.parametrize("way", ["minted", "code"])
async def test_what_a_bounded_key_had_made_is_held_to_its_bounds_and_ends_with_it(doors: ServedHouse, way: str) -> None:
    key, secret = await key_of(doors, roles=["viewer"])
    token = await bounded_token(doors, secret, way)
    assert (await join(doors, token)).status_code == 200
    await doors.rest.patch(f"/v1/keys/{key}", json={"roles": ["guest"]})
    await refused_everywhere_by(doors, token, "token_exceeds_key", bye="token_invalid")
    await doors.rest.delete(f"/v1/keys/{key}")
    await refused_everywhere(doors, token, "token_revoked")


async def test_a_code_is_good_for_as_long_as_the_bounded_key_that_made_it(doors: ServedHouse) -> None:
    key, secret = await key_of(doors, roles=["viewer"])
    auth = (doors.house.project.id, secret)
    made = (await doors.rest.post(f"{ROOM}/codes", json={"role": "viewer"}, auth=auth)).json()["code"]
    assert (await doors.rest.post("/v1/join", json={"code": made}, auth=None)).status_code == 200
    await doors.rest.delete(f"/v1/keys/{key}")
    assert code(await doors.rest.post("/v1/join", json={"code": made}, auth=None)) == "room_code_not_found"


async def bounded_token(doors: ServedHouse, secret: str, way: str) -> str:
    """A viewer's token that a bounded key stands behind: signed with it, minted for it, or come by a code of its."""
    auth = (doors.house.project.id, secret)
    if way == "signed":
        return token_of(offline(doors, role="viewer", sub="vic"), secret)
    if way == "minted":
        body = {"identity": "vic", "role": "viewer"}
        return str((await doors.rest.post(f"{ROOM}/tokens", json=body, auth=auth)).json()["token"])
    made = (await doors.rest.post(f"{ROOM}/codes", json={"role": "viewer"}, auth=auth)).json()["code"]
    return (await mint_for_code(doors.house.ctx, made, "Vic")).token


async def refused_everywhere_by(doors: ServedHouse, token: str, expected: str, *, bye: str) -> None:
    assert code(await join(doors, token)) == expected
    assert code(await call(doors, token)) == expected
    async with doors.client(token) as client:
        assert await client.bye() == bye


async def test_a_room_is_made_by_the_first_who_joins(doors: ServedHouse) -> None:
    body = {"identity": "anna", "role": "host", "auto_create": {"title": "Tonight"}}
    assert (
        code(await doors.rest.post("/v1/rooms/tonight/tokens", json={**body, "auto_create": None})) == "room_not_found"
    )
    ours = (await doors.rest.post("/v1/rooms/tonight/tokens", json=body)).json()["token"]
    assert code(await call(doors, ours, "/v1/rooms/tonight/hands")) == "room_not_found"
    joined = (await join(doors, ours)).json()
    assert (joined["room"]["name"], joined["room"]["title"]) == ("tonight", "Tonight")
    assert (await call(doors, ours, "/v1/rooms/tonight/hands")).status_code == 200
    async with doors.client(ours) as client:
        assert (await client.first())["type"] == "welcome"
    own = token_of(offline(doors, room="late", auto_create={}), doors.house.secret)
    assert (await join(doors, own)).json()["room"]["name"] == "late"
    unknown = body | {"auto_create": {"template": "none"}}
    assert code(await doors.rest.post("/v1/rooms/x/tokens", json=unknown)) == "template_not_found"
    assert code(await doors.rest.post("/v1/rooms/rm_none/tokens", json=body)) == "room_not_found"
    assert code(await doors.rest.post("/v1/rooms/x/tokens", json=body | {"role": "king"})) == "unknown_role"
