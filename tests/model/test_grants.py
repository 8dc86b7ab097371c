"""Participant tokens: only ours, only in time, only for what they say."""

import base64
import json
from datetime import timedelta

import jwt
import pytest

from onstage.errors import ErrorCode, OnstageError
from onstage.grants import ParticipantGrant, sign, verify
from onstage.model.permission import Permission
from tests.support.clock import EPOCH

SECRET = b"a secret of thirty-two bytes or more"
GRANT = ParticipantGrant(
    project_id="prj_1",
    room="rm_1",
    identity="anna",
    name="Anna <b>",
    role="guest",
    issued_at=EPOCH,
    expires_at=EPOCH + timedelta(hours=1),
    token_id="t1",
    permissions=(Permission.PARTICIPANT_LIST,),
    metadata={"seat": 7},
)
CLAIMS = {
    "iss": "onstage",
    "iat": int(EPOCH.timestamp()),
    "exp": int(GRANT.expires_at.timestamp()),
    "sub": "anna",
    "project": "prj_1",
    "room": "rm_1",
    "role": "guest",
}


def refused(token: str) -> ErrorCode:
    with pytest.raises(OnstageError) as caught:
        verify(token, SECRET, now=EPOCH)
    return caught.value.code


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_a_token_gives_back_what_was_signed() -> None:
    assert verify(sign(GRANT, SECRET), SECRET, now=EPOCH) == GRANT


def test_a_token_without_signature_is_refused() -> None:
    assert refused(f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(CLAIMS)}.") is ErrorCode.TOKEN_INVALID
    assert refused(jwt.encode(CLAIMS, None, algorithm="none")) is ErrorCode.TOKEN_INVALID


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_of_another_algorithm_is_refused(algorithm: str) -> None:
    long_secret = SECRET * 2
    token = jwt.encode(CLAIMS, long_secret, algorithm=algorithm)
    with pytest.raises(OnstageError) as caught:
        verify(token, long_secret, now=EPOCH)
    assert caught.value.code is ErrorCode.TOKEN_INVALID


def test_a_token_signed_by_somebody_else_is_refused() -> None:
    assert refused(sign(GRANT, b"another secret of 32 bytes or more")) is ErrorCode.TOKEN_INVALID


def test_a_token_with_a_changed_claim_is_refused() -> None:
    head, _, signature = sign(GRANT, SECRET).split(".")
    assert refused(f"{head}.{encoded({**CLAIMS, 'role': 'host'})}.{signature}") is ErrorCode.TOKEN_INVALID


def test_a_token_of_another_issuer_is_refused() -> None:
    assert refused(jwt.encode({**CLAIMS, "iss": "livekit"}, SECRET)) is ErrorCode.TOKEN_INVALID


@pytest.mark.parametrize("claim", sorted(CLAIMS))
def test_a_token_lacking_a_claim_is_refused(claim: str) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != claim}
    assert refused(jwt.encode(claims, SECRET)) is ErrorCode.TOKEN_INVALID


@pytest.mark.parametrize("end", ["soon", 1e300, -1e300, [1]])
def test_a_token_whose_end_is_no_moment_is_refused(end: object) -> None:
    token = jwt.encode({**CLAIMS, "iat": 0}, SECRET)
    head, _, _ = token.split(".")
    body = f"{head}.{encoded({**CLAIMS, 'exp': end})}"
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(body.encode(), SECRET)
    text = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    assert refused(f"{body}.{text}") is ErrorCode.TOKEN_INVALID


def test_a_permission_that_does_not_exist_is_refused() -> None:
    assert refused(jwt.encode({**CLAIMS, "permissions": ["everything"]}, SECRET)) is ErrorCode.TOKEN_INVALID


def test_a_token_past_its_end_is_expired() -> None:
    token = sign(GRANT, SECRET)
    late = GRANT.expires_at + timedelta(seconds=6)
    with pytest.raises(OnstageError) as caught:
        verify(token, SECRET, now=late)
    assert caught.value.code is ErrorCode.TOKEN_EXPIRED
    assert verify(token, SECRET, now=GRANT.expires_at).identity == "anna"


@pytest.mark.parametrize("junk", ["", ".", "..", "a.b.c", "🎭", "\x00", "x" * 20_000, "{}", "Bearer x"])
def test_junk_is_refused(junk: str) -> None:
    assert refused(junk) is ErrorCode.TOKEN_INVALID
