"""Tokens: no claim and no header is believed that was not checked, whoever signed it."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from onstage.actions.projects import create_project
from tests.support.gateway import ServedHouse
from tests.support.house import TOKEN_SECRET
from tests.support.problems import code, problem
from tests.support.tampering import bad_headers, claims_of, encoded, mutations, token_of, with_claims
from tests.support.tokens import HOUR, NOW, ROOM, call, join, key_of, management, offline, refused_everywhere


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
    assert code(await call(doors, token, "/v1/rooms")) == "token_revoked"


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


async def test_another_algorithm_is_named(doors: ServedHouse) -> None:
    for token in (
        token_of(offline(doors), doors.house.secret, header={"alg": "HS512"}, hash_name="sha512"),
        f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(offline(doors))}.",
    ):
        assert problem(await join(doors, token))["detail"] == "Only HS256 is accepted."


async def test_what_is_said_of_a_token_that_nobody_signed_tells_nothing_of_what_is_there(doors: ServedHouse) -> None:
    """Neither whether a project is there, nor a key of it."""
    stranger, _ = await create_project(doors.house.ctx, "stranger")
    own, _ = await key_of(doors)
    wrong = "sk_of nobody, and of thirty-two bytes"
    said = set()
    for kid in (None, own, "key_none"):
        header = {"alg": "HS256"} if kid is None else {"alg": "HS256", "kid": kid}
        for issuer in (doors.house.project.id, stranger.id, "prj_00000000000000000000", "nonsense"):
            for claims, path in ((management(doors, iss=issuer), "/v1/rooms"), (offline(doors, iss=issuer), ROOM)):
                found = problem(await call(doors, token_of(claims, wrong, header=header), path))
                assert found["code"] == "token_invalid"
                said.add((found["detail"], found.get("expected")))
    [(detail, _)] = said
    assert "`iss`" in detail
    assert "`kid`" in detail


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
