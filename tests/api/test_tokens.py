"""Tokens: only who they say, only as far as they say, only in time, and only while nobody took them back."""

import time
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from onstage.actions import presence
from onstage.actions.projects import create_project
from onstage.actions.revoking import forget_revocations
from onstage.clock import rfc3339
from onstage.model.permission import Permission
from onstage.model.records import Participant, Presence
from onstage.model.role import Source
from onstage.store import participants, revocations, sessions
from tests.support.clock import EPOCH
from tests.support.gateway import ServedHouse
from tests.support.house import TOKEN_SECRET
from tests.support.problems import code, problem
from tests.support.tampering import bad_headers, claims_of, encoded, mutations, token_of, with_claims

ROOM = "/v1/rooms/show"
NOW = int(EPOCH.timestamp())
HOUR = 3_600


async def call(doors: ServedHouse, token: str, path: str = f"{ROOM}/hands") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}".encode()}
    return await doors.rest.get(path, auth=None, headers=headers)


async def join(doors: ServedHouse, token: str) -> httpx.Response:
    return await doors.rest.post("/v1/join", json={"token": token}, auth=None)


async def refused_everywhere(doors: ServedHouse, token: str, expected: str) -> None:
    """By REST, by join, and by the gateway."""
    assert code(await join(doors, token)) == expected
    assert code(await call(doors, token)) == expected
    async with doors.client(token) as client:
        assert await client.bye() == expected


def management(doors: ServedHouse, **changed: Any) -> dict[str, Any]:
    """What a management token says."""
    said = {"iss": doors.house.project.id, "iat": NOW, "exp": NOW + HOUR, "type": "management"}
    return said | changed


def offline(doors: ServedHouse, **changed: Any) -> dict[str, Any]:
    """What a participant token says that the app's server signs by itself."""
    said = {"iss": doors.house.project.id, "iat": NOW, "exp": NOW + HOUR, "room": "show", "sub": "anna", "role": "host"}
    return said | changed


async def key_of(doors: ServedHouse, **bounds: Any) -> tuple[str, str]:
    """The id and secret of another key."""
    made = (await doors.rest.post("/v1/keys", json={"name": "signs", **bounds})).json()
    return made["key"]["id"], made["secret"]


# Management tokens


async def test_a_management_token_is_as_good_as_the_key_that_signed_it(doors: ServedHouse) -> None:
    key, secret = await key_of(doors)
    for header in (None, {"alg": "HS256", "kid": key}):
        token = token_of(management(doors), secret, header=header)
        assert (await call(doors, token, "/v1/rooms")).status_code == 200
    assert (await call(doors, token_of(management(doors), doors.house.secret), "/v1/rooms")).status_code == 200
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "1"}
    made = await doors.rest.post("/v1/rooms", json={"name": "talk"}, auth=None, headers=headers)
    assert made.status_code == 201
    await doors.rest.delete(f"/v1/keys/{key}")
    assert code(await call(doors, token, "/v1/rooms")) == "token_invalid"


async def test_no_change_to_a_management_token_goes_unnoticed(doors: ServedHouse) -> None:
    """Signed by the right key, so that only the check of each claim can refuse it."""
    key, secret = await key_of(doors)
    for what, claims in mutations(management(doors, nbf=NOW, jti="t")):
        if what in (
            "nbf is left out",
            "jti is left out",
            "jti is None",
            "nbf is 7",
            "nbf is 1.5",
        ):
            continue  # not needed, or as good
        if what.startswith("jti is") and isinstance(claims["jti"], str) and 0 < len(claims["jti"]) <= 64:
            continue
        answer = await call(doors, token_of(claims, secret, header={"alg": "HS256", "kid": key}), "/v1/rooms")
        assert code(answer) in ("token_invalid", "token_expired"), what


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"iat": NOW + 29, "exp": NOW + HOUR}, None),
        ({"iat": NOW + 31, "exp": NOW + HOUR}, "token_invalid"),
        ({"nbf": NOW + 31}, "token_invalid"),
        ({"iat": NOW, "exp": NOW + 86_400}, None),
        ({"iat": NOW, "exp": NOW + 86_401}, "token_invalid"),
        ({"iat": NOW - 60, "exp": NOW - 5}, None),
        ({"iat": NOW - 60, "exp": NOW - 6}, "token_expired"),
        ({"iat": NOW - 90_000, "exp": NOW + 60}, "token_invalid"),
        ({"aud": "somebody", "sub": "me"}, None),
    ],
)
async def test_a_management_token_has_a_bounded_life(
    doors: ServedHouse, changed: dict[str, Any], expected: str | None
) -> None:
    answer = await call(doors, token_of(management(doors, **changed), doors.house.secret), "/v1/rooms")
    assert (None if answer.status_code == 200 else code(answer)) == expected


# Tampering


async def test_no_header_is_believed_but_hs256(doors: ServedHouse) -> None:
    await doors.house.join("anna", "host")
    for claims, path in ((management(doors), "/v1/rooms"), (offline(doors), f"{ROOM}/hands")):
        assert (await call(doors, token_of(claims, doors.house.secret), path)).status_code == 200
        for what, header in bad_headers():
            if what == "kid None":
                continue  # as if there were none
            assert (
                code(await call(doors, token_of(claims, doors.house.secret, header=header), path)) == "token_invalid"
            ), what
        for junk in (b"", b"{", b"[]", b"null", b'"HS256"', b"\xff", b'{"alg": "HS256", "alg": "none"}'):
            body = f"{encoded(junk)}.{encoded(claims)}"
            assert code(await call(doors, f"{body}.{encoded(b'x')}", path)) == "token_invalid", junk


async def test_a_token_without_a_signature_is_refused(doors: ServedHouse) -> None:
    ours = await doors.token("anna", "host")
    for claims in (management(doors), offline(doors), claims_of(ours)):
        for algorithm in ("none", "HS256"):
            bare = f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(claims)}."
            assert code(await call(doors, bare)) == "token_invalid"


async def test_a_token_of_another_algorithm_is_refused_though_its_signature_is_right(doors: ServedHouse) -> None:
    await doors.house.join("anna", "host")
    rsa_key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    for claims in (management(doors), offline(doors)):
        for name, hash_name in (("HS384", "sha384"), ("HS512", "sha512")):
            token = token_of(claims, doors.house.secret, header={"alg": name}, hash_name=hash_name)
            assert code(await call(doors, token)) == "token_invalid"
        assert code(await call(doors, jwt.encode(claims, rsa_key, algorithm="RS256"))) == "token_invalid"


async def test_every_claim_is_under_the_signature(doors: ServedHouse) -> None:
    ours = await doors.token("anna", "viewer")
    for token in (ours, token_of(offline(doors), doors.house.secret)):
        for name, value in claims_of(token).items():
            other: Any = [*value, "room.end"] if isinstance(value, list) else {"x": 1} if isinstance(value, dict) else 1
            other = f"{value}x" if isinstance(value, str) else other
            await refused_everywhere(doors, with_claims(token, **{name: other}), "token_invalid")
        await refused_everywhere(doors, with_claims(token, role="guest"), "token_invalid")
        await refused_everywhere(doors, with_claims(token, permissions=["room.end"]), "token_invalid")


async def test_a_key_signs_for_its_own_project_only(doors: ServedHouse) -> None:
    stranger, secret = await create_project(doors.house.ctx, "stranger")
    own, own_secret = await key_of(doors)
    foreign = (await doors.rest.get("/v1/keys", auth=(stranger.id, secret))).json()["data"][0]["id"]
    for claims in (management(doors), offline(doors)):
        for kid, signed_with in (
            (None, secret),
            (foreign, secret),
            (own, secret),
            (foreign, own_secret),
            ("x", own_secret),
        ):
            header = {"alg": "HS256"} if kid is None else {"alg": "HS256", "kid": kid}
            assert code(await call(doors, token_of(claims, signed_with, header=header))) == "token_invalid"
    theirs = token_of(offline(doors, iss=stranger.id), secret)
    assert code(await call(doors, theirs)) == "room_not_found", "our room is none of theirs"
    assert code(await join(doors, theirs)) == "room_not_found"


async def test_nobody_signs_for_the_server(doors: ServedHouse) -> None:
    """A key can't make a token that says it is ours, nor one for another project."""
    claims = claims_of(await doors.token("anna", "host"))
    key, secret = await key_of(doors)
    for header in ({"alg": "HS256"}, {"alg": "HS256", "kid": key}):
        assert code(await call(doors, token_of(claims, secret, header=header))) == "token_invalid"
    smuggled = token_of(offline(doors, project=doors.house.project.id), secret)
    assert code(await call(doors, smuggled)) == "token_invalid"
    with_our_secret = token_of(claims, TOKEN_SECRET, header={"alg": "HS256", "kid": key})
    assert code(await call(doors, with_our_secret)) == "token_invalid"
    as_management = token_of(claims | {"type": "management"}, TOKEN_SECRET)
    assert code(await call(doors, as_management, "/v1/rooms")) == "token_invalid"


async def test_one_kind_of_token_does_not_do_for_the_other(doors: ServedHouse) -> None:
    both = offline(doors) | management(doors)
    assert code(await join(doors, token_of(both, doors.house.secret))) == "token_invalid"
    assert code(await join(doors, token_of(management(doors), doors.house.secret))) == "token_invalid"
    person = token_of(offline(doors, type="participant"), doors.house.secret)
    assert (await join(doors, person)).status_code == 200
    assert code(await call(doors, person, "/v1/rooms")) == "permission_denied"
    for kind in ("Management", "", "x", None, 1, ["management"]):
        assert code(await join(doors, token_of(offline(doors, type=kind), doors.house.secret))) == "token_invalid"


@pytest.mark.parametrize("size", [20_000, 200_000])
async def test_a_huge_token_is_refused_at_once(doors: ServedHouse, size: int) -> None:
    huge = token_of(offline(doors, padding="x" * size), doors.house.secret)
    began = time.perf_counter()
    assert code(await call(doors, huge)) == "token_invalid"
    assert code(await join(doors, huge)) in ("malformed", "body_too_large")
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("junk", [".", "..", "...", "a.b.c", "x" * 100, "e30.e30.e30", "e30.W10.e30", "\xff.\xff.\xff"])
async def test_junk_is_refused(doors: ServedHouse, junk: str) -> None:
    assert code(await call(doors, junk)) == "token_invalid"
    assert code(await join(doors, junk)) == "token_invalid"


async def test_deep_and_odd_claims_break_nothing(doors: ServedHouse) -> None:
    nested = b'{"iss": "' + doors.house.project.id.encode() + b'", "metadata": ' + b"[" * 4_000 + b"]" * 4_000 + b"}"
    surrogate = offline(doors, metadata={"a": "\ud800"}, name="\ud800")
    for claims in (nested, surrogate, b'{"iat": ' + b"9" * 5_000 + b"}"):
        assert code(await join(doors, token_of(claims, doors.house.secret))) == "token_invalid"


# Tokens that the app's server signs by itself


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
    found = problem(await join(doors, token_of(offline(doors, exp=NOW + 91 * 86_400), doors.house.secret)))
    assert "7776000" in found["expected"]


async def test_a_bounded_key_grants_no_more_by_itself_than_through_us(doors: ServedHouse) -> None:
    seat = ["message.send", "hand.raise", "reaction.send", "poll.vote"]
    _, secret = await key_of(doors, roles=["viewer", "guest"], permissions=seat)
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
    await refused_everywhere(doors, token, "token_invalid")


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


# What a token says about the coming in


async def minted(doors: ServedHouse, identity: str = "gus", role: str = "guest", **more: Any) -> dict[str, Any]:
    answer = await doors.rest.post(f"{ROOM}/tokens", json={"identity": identity, "role": role, **more})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_token_sets_how_somebody_comes_in(doors: ServedHouse) -> None:
    given = {"permissions": ["message.pin"], "metadata": {"seat": 7}, "attributes": {"team": "red"}, "name": "Gus"}
    muted = {"media_allowed": "audio-only", "join_audio_muted": True, "join_video_muted": True}
    token = (await minted(doors, **given, **muted))["token"]
    joined = (await join(doors, token)).json()["participant"]
    assert {name: joined[name] for name in ("name", "metadata", "attributes")} == {
        name: given[name] for name in ("name", "metadata", "attributes")
    }
    assert "message.pin" in joined["permissions"]
    participant = await _participant(doors, "gus")
    assert participant.sources == {Source.MICROPHONE, Source.SCREEN_SHARE_AUDIO}
    assert (participant.is_audio_muted_on_join, participant.is_video_muted_on_join) == (True, True)
    assert participant.extra_permissions == {Permission.MESSAGE_PIN}


async def _participant(doors: ServedHouse, identity: str) -> Participant:
    async with doors.house.ctx.database.read() as tx:
        session = await sessions.open_of(tx, doors.house.room.id)
        assert session is not None
        found = await participants.of_identity(tx, session.id, identity)
    assert found is not None
    return found


async def test_a_token_opens_and_closes(doors: ServedHouse) -> None:
    now = doors.house.clock.now()
    window = {"join_from": rfc3339(now + timedelta(seconds=60)), "join_until": rfc3339(now + timedelta(seconds=65))}
    token = (await minted(doors, **window))["token"]
    early = problem(await join(doors, token))
    assert early["code"] == "join_too_early"
    assert 59 <= early["retry_after_s"] <= 61
    await doors.house.clock.advance(60)
    assert (await join(doors, token)).status_code == 200
    late = (await minted(doors, "late", join_until=rfc3339(now + timedelta(seconds=65))))["token"]
    await doors.house.clock.advance(5)
    assert code(await join(doors, late)) == "join_too_late"
    assert (await join(doors, token)).status_code == 200, "who is there, is there"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"join_until": "2020-01-01T00:00:00Z"}, "join_until"),
        ({"remove_at": "2020-01-01T00:00:00Z"}, "remove_at"),
        ({"join_from": "2030-01-02T00:00:00Z", "join_until": "2030-01-01T00:00:00Z"}, "join_from"),
        ({"join_from": "soon"}, "join_from"),
        ({"remove_after_s": 0}, "remove_after_s"),
        ({"attributes": {"a": 1}}, "attributes.a"),
        ({"attributes": {"a": "x" * 1_025}}, "attributes.a"),
        ({"metadata": {"a": "x" * 9_000}}, "metadata"),
        ({"ttl_s": 91 * 86_400}, "ttl_s"),
        ({"auto_create": {"colour": "red"}}, "auto_create.colour"),
    ],
)
async def test_a_wrong_token_is_malformed(doors: ServedHouse, body: dict[str, Any], path: str) -> None:
    found = problem(await doors.rest.post(f"{ROOM}/tokens", json={"identity": "x", "role": "viewer"} | body))
    assert (found["code"], found["errors"][0]["path"]) == ("malformed", path)


async def test_who_is_to_be_removed_is_removed_when_it_is_due(doors: ServedHouse) -> None:
    house = doors.house
    at = rfc3339(house.clock.now() + timedelta(seconds=10))
    tokens = [(await minted(doors, "gus", remove_at=at))["token"]]
    tokens.append((await minted(doors, "gil", remove_after_s=5, remove_at=at))["token"])
    async with doors.client(tokens[0]) as early:
        assert await early.bye() == "session_ended", "nobody has joined"
    for token in (await house.token("host", "host"), *tokens):  # the host, so that the session goes on
        await join(doors, token)
    async with doors.client(tokens[0]) as gus, doors.client(tokens[1]) as gil:
        await gus.first()
        await gil.first()
        await house.clock.advance(4)
        await presence.remove_due(house.ctx)
        assert (await _participant(doors, "gil")).presence is Presence.JOINED
        await house.clock.advance(1)
        await presence.remove_due(house.ctx)
        assert await gil.bye() == "participant_removed"
        assert (await _participant(doors, "gus")).presence is Presence.JOINED
        await house.clock.advance(5)
        await presence.remove_due(house.ctx)
        assert await gus.bye() == "participant_removed"
    assert (await house.names()).count("participant.removed") == 2
    for token in tokens:
        assert code(await join(doors, token)) == "participant_removed"


async def test_a_removal_that_is_due_is_not_escaped_by_leaving(doors: ServedHouse) -> None:
    house = doors.house
    await house.join("host", "host")  # so that the session goes on
    token = (await minted(doors, remove_after_s=5))["token"]
    await join(doors, token)
    await presence.leave_room(house.ctx, house.caller(await _participant(doors, "gus")))
    await house.clock.advance(5)
    assert code(await join(doors, token)) == "participant_removed"
    longer = (await minted(doors, remove_after_s=600))["token"]
    assert (await join(doors, longer)).status_code == 200, "another token is another word"


# Revocation


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
