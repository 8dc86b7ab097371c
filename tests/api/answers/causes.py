"""What any operation of a kind can be refused for, and how: a call that would go well, with one thing wrong."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt

from onstage.actions import idempotency, presence, revoking
from onstage.actions.access import Caller
from onstage.actions.authentication import authenticate_project
from onstage.actions.idempotency import Reservation
from onstage.actions.revoking import RevokedTokens
from onstage.api.limits import LARGEST_BODY_BYTES, LARGEST_IMAGE_BYTES
from onstage.grants import ParticipantGrant, sign
from tests.api.answers.scene import Call, Scene, fresh
from tests.support.court import Somebody
from tests.support.credentials import basic
from tests.support.house import TOKEN_SECRET

Cause = Callable[[Scene, Call], Awaitable[Call]]
ORIGIN = {"Origin": "https://elsewhere.example"}


async def _missing(_scene: Scene, call: Call) -> Call:
    return replace(call, authorization=None)


async def _wrong(scene: Scene, call: Call) -> Call:
    is_operator = "AdminSecret" in call.operation.schemes
    wrong = "Bearer another secret" if is_operator else basic(scene.house.project.id, "another secret")
    return replace(call, authorization=wrong)


async def _invalid(_scene: Scene, call: Call) -> Call:
    return replace(call, authorization="Bearer a.b.c")


def old_token(scene: Scene) -> str:
    """A token that was good until an hour ago."""
    now = scene.house.clock.now()
    grant = ParticipantGrant(
        project_id=scene.house.project.id,
        room=scene.room,
        identity=fresh("late"),
        name="Late",
        role="seat-9",
        issued_at=now - timedelta(hours=2),
        expires_at=now - timedelta(hours=1),
    )
    return sign(grant, TOKEN_SECRET)


async def _expired(scene: Scene, call: Call) -> Call:
    return replace(call, authorization=f"Bearer {old_token(scene)}")


async def revoked_token(scene: Scene) -> str:
    """A token that its project has taken back."""
    identity = fresh("revoked")
    token = await scene.house.token(identity, "seat-9")
    await revoking.revoke_tokens(scene.house.ctx, scene.house.server, None, RevokedTokens(None, identity))
    return token


async def _revoked(scene: Scene, call: Call) -> Call:
    return replace(call, authorization=f"Bearer {await revoked_token(scene)}")


async def signed(scene: Scene, *, roles: tuple[str, ...] | None = None, **claims: Any) -> str:
    """A token that the project signed by itself, with a key that is good for these roles."""
    _, secret = await scene.key(roles=roles)
    now = int(scene.house.clock.now().timestamp())
    said = {"iss": scene.house.project.id, "iat": now, "exp": now + 60, "sub": fresh("signed"), "role": "stage-9"}
    return jwt.encode(said | {"room": scene.room} | claims, secret, algorithm="HS256")


async def _exceeds_key(scene: Scene, call: Call) -> Call:
    return replace(call, authorization=f"Bearer {await signed(scene, roles=('seat-9',))}")


async def _bounded(scene: Scene, call: Call) -> Call:
    _, secret = await scene.key(roles=("seat-9",))
    return replace(call, authorization=basic(scene.house.project.id, secret))


async def forbid_pages(scene: Scene) -> None:
    """No page but our own may call."""
    await scene.done(scene.call("update_own_project", body={"allowed_origins": []}))


async def _foreign_page(scene: Scene, call: Call) -> Call:
    await forbid_pages(scene)
    return replace(call, headers=call.headers | ORIGIN)


async def _no_room(scene: Scene, call: Call) -> Call:
    if "room" in call.ids:
        return replace(call, ids=call.ids | {"room": "nowhere"}, authorization=scene.basic)
    return replace(call, authorization=f"Bearer {await signed(scene, room='nowhere')}")


async def _without_permission(scene: Scene, call: Call) -> Call:
    return call.by(await scene.nobody())


async def _from_the_seats(scene: Scene, call: Call) -> Call:
    return call.by(await scene.seated())


async def _of_another_room(scene: Scene, call: Call) -> Call:
    return call.by(await (await scene.another_room()).host())


async def removed(scene: Scene) -> Somebody:
    """Somebody who was put out."""
    await scene.host()  # so that the session goes on
    gone = await scene.enter("seat", 9)
    await presence.remove(scene.house.ctx, scene.house.server, scene.room, gone.id)
    return gone


async def _removed(scene: Scene, call: Call) -> Call:
    return call.by(await removed(scene))


async def _left(scene: Scene, call: Call) -> Call:
    await scene.host()
    gone = await scene.enter("seat", 9)
    await presence.leave_room(scene.house.ctx, scene.house.caller(gone.participant))
    return call.by(gone)


async def _not_joined(scene: Scene, call: Call) -> Call:
    return replace(call, authorization=f"Bearer {await scene.house.token(fresh('outside'), 'stage-9')}")


async def _malformed(_scene: Scene, call: Call) -> Call:
    if call.operation.has_body:
        return replace(call, body={"colour": "red"}, content=None, headers={})
    if "limit" in call.operation.query:
        return replace(call, query={"limit": "0"})
    return replace(call, query={"anything": "\0"})


async def _no_json(_scene: Scene, call: Call) -> Call:
    return replace(call, content=b'{"name"', headers={})


async def _too_large(_scene: Scene, call: Call) -> Call:
    most = LARGEST_IMAGE_BYTES if call.operation.name == "upload_image" else LARGEST_BODY_BYTES
    return replace(call, content=b" " * (most + 1))


async def _limited(scene: Scene, call: Call) -> Call:
    scene.limit()
    return call


async def _no_operator(scene: Scene, call: Call) -> Call:
    scene.house.ctx.admin_secret = None
    return call


async def _key_of_another_request(scene: Scene, call: Call) -> Call:
    call, _ = await _with_key(scene, call, "the hash of another request")
    return call


async def _key_in_use(scene: Scene, call: Call) -> Call:
    call, _ = await _with_key(scene, call, _hash_of(call))
    return call


async def _key_of_what_was_done(scene: Scene, call: Call) -> Call:
    call, own = await _with_key(scene, call, _hash_of(call))
    with idempotency.carrying_out(scene.house.ctx, own):
        await scene.house.another_room(fresh("made"))
    await idempotency.release(scene.house.ctx, own)
    return call


def _hash_of(call: Call) -> str:
    return hashlib.sha256(b"\0".join((call.path.encode(), call.payload))).hexdigest()


async def _with_key(scene: Scene, call: Call, request_hash: str) -> tuple[Call, Reservation]:
    scope, key = idempotency.scope_of(await _caller(scene)), fresh("key")
    own = await idempotency.reserve(scene.house.ctx, scope, key, request_hash)
    assert isinstance(own, Reservation)
    return replace(call, headers={"Idempotency-Key": key}, authorization=scene.basic), own


async def _caller(scene: Scene) -> Caller:
    house = scene.house
    return await authenticate_project(house.ctx, house.project.id, house.secret, None)


def unknown(name: str) -> Cause:
    """There is nothing of that id."""
    nothing = {"version": "7", "code": "zzz-zzzz-zzz"}.get(name, "nothing")

    async def cause(_scene: Scene, call: Call) -> Call:
        return replace(call, ids=call.ids | {name: nothing})

    return cause


CAUSES: dict[str, Cause] = {
    "credentials_missing": _missing,
    "credentials_invalid": _wrong,
    "token_invalid": _invalid,
    "token_expired": _expired,
    "token_revoked": _revoked,
    "token_exceeds_key": _exceeds_key,
    "key_bounded": _bounded,
    "origin_not_allowed": _foreign_page,
    "room_not_found": _no_room,
    "permission_denied": _without_permission,
    "not_on_stage": _from_the_seats,
    "token_wrong_room": _of_another_room,
    "participant_removed": _removed,
    "participant_left": _left,
    "session_ended": _not_joined,
    "rate_limited": _limited,
    "admin_off": _no_operator,
    "malformed": _malformed,
    "body_not_json": _no_json,
    "body_too_large": _too_large,
    "idempotency_conflict": _key_of_another_request,
    "idempotency_in_progress": _key_in_use,
    "idempotency_answer_lost": _key_of_what_was_done,
}
_OF_IDS = {
    "project": "project_not_found",
    "participant": "participant_not_found",
    "poll": "poll_not_found",
    "message": "message_not_found",
    "webhook": "webhook_not_found",
    "delivery": "delivery_not_found",
    "invite": "invite_not_found",
    "broadcast": "broadcast_not_found",
    "output": "output_not_found",
    "recording": "recording_not_found",
    "media": "media_file_not_found",
    "playback": "playback_not_found",
    "session": "session_not_found",
    "template": "template_not_found",
    "code": "room_code_not_found",
    "identity": "ban_not_found",
    "playback_token": "playback_token_not_found",
}


def cause_of(code: str, call: Call) -> Cause | None:
    """How the operation of `call` comes to answer with that code, if that is the same for every operation."""
    for name in call.ids:
        wanted = _OF_IDS.get(name)
        if name == "key":
            wanted = "state_key_not_found" if "room" in call.ids else "key_not_found"
        if wanted == code:
            return unknown(name)
    return CAUSES.get(code)
