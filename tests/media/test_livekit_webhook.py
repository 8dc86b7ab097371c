"""A webhook counts only with the engine's own signature over exactly this body."""

import base64
import hashlib
import json
import time
from typing import Any

import jwt
import pytest

from onstage.errors import ErrorCode, OnstageError
from onstage.media.engine import EngineJoined, EngineLeft, TrackPublished
from onstage.media.livekit_webhook import tell, verified
from onstage.media.roster import Roster

KEY, SECRET = "onstagekey", "a-secret-of-at-least-32-characters-here"
BODY = json.dumps({"event": "room_started", "room": {"name": "rm_1"}}).encode()


def signature(body: bytes = BODY, *, secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": KEY, "exp": int(time.time()) + 60, "sha256": digest, **changes}
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, secret, algorithm)


def check(body: bytes, authorization: str) -> Any:
    return verified(body, authorization, api_key=KEY, api_secret=SECRET)


def test_a_signed_webhook_is_read() -> None:
    assert check(BODY, signature()).room.name == "rm_1"
    assert check(BODY, f"Bearer {signature()}").event == "room_started"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "nonsense",
        signature(secret="another-secret-of-at-least-32-characters"),
        signature(iss="somebody"),
        signature(exp=int(time.time()) - 3600),
        signature(exp=None),
        signature(sha256=None),
        signature(sha256=7),
        signature(sha256="not base64!"),
        signature(b"another body"),
        jwt.encode({"iss": KEY, "exp": int(time.time()) + 60, "sha256": ""}, "", "none"),
        signature(algorithm="HS512", secret=SECRET * 2),
    ],
)
def test_any_other_signature_is_refused(authorization: str) -> None:
    with pytest.raises(OnstageError) as caught:
        check(BODY, authorization)
    assert caught.value.code is ErrorCode.CREDENTIALS_INVALID


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"event": 7}'])
def test_a_signed_body_that_makes_no_sense_is_refused(body: bytes) -> None:
    with pytest.raises(OnstageError) as caught:
        check(body, signature(body))
    assert caught.value.code is ErrorCode.BODY_NOT_JSON


def test_what_is_unknown_to_us_is_passed_over() -> None:
    body = json.dumps({"event": "egress_started", "novelty": {"x": 1}}).encode()
    assert tell(Roster(), check(body, signature(body))) == []


def test_a_visit_is_told() -> None:
    roster = Roster()
    who = {
        "sid": "PA_1",
        "identity": "ana",
        "name": "Ana",
        "joinedAtMs": "1000",
        "attributes": {"onstage.level": "stage"},
    }
    track = {"sid": "TR_1", "type": "VIDEO", "source": "CAMERA"}
    room = {"name": "rm_1"}
    story = [
        {"event": "participant_joined", "room": room, "participant": who},
        {"event": "track_published", "room": room, "participant": {"sid": "PA_1", "identity": "ana"}, "track": track},
        {"event": "participant_left", "room": room, "participant": {**who, "disconnectReason": "CLIENT_INITIATED"}},
    ]
    bodies = [json.dumps(one).encode() for one in story]
    events = [event for body in bodies for event in tell(roster, check(body, signature(body)))]
    assert isinstance(events[0], EngineJoined)
    assert isinstance(events[1], TrackPublished)
    assert events[-1] == EngineLeft("rm_1", "ana", "PA_1", "client_initiated")


def test_our_own_participants_are_passed_over() -> None:
    who = {"sid": "PA_1", "identity": "x", "attributes": {"onstage.level": "service"}}
    body = json.dumps({"event": "participant_joined", "room": {"name": "rm_1"}, "participant": who}).encode()
    assert tell(Roster(), check(body, signature(body))) == []
