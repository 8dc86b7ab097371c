"""Keys: several live ones, shown once, revoked at once, bounded, and never the last one lost."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from onstage.actions.authentication import write_key_uses
from onstage.actions.keys import MOST_LIVE_KEYS
from onstage.actions.projects import create_project
from onstage.actions.sealing_anew import seal_anew
from onstage.clock import rfc3339
from onstage.sealing import Keyring
from onstage.store import keys, webhooks
from tests.support.gateway import ServedHouse
from tests.support.house import TOKEN_SECRET, House
from tests.support.problems import code, problem
from tests.support.tampering import token_of
from tests.support.tokens import offline

OTHER_SECRET = b"another secret of thirty-two bytes"


async def made(doors: ServedHouse, name: str = "next", **bounds: Any) -> tuple[str, str]:
    """The id and secret of another key."""
    answer = await doors.rest.post("/v1/keys", json={"name": name, **bounds})
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]["id"], answer.json()["secret"]


async def first_key(doors: ServedHouse) -> str:
    listed = (await doors.rest.get("/v1/keys")).json()["data"]
    return next(str(one["id"]) for one in listed if one["name"] == "first")


async def with_secret(doors: ServedHouse, secret: str, path: str = "/v1/rooms") -> httpx.Response:
    return await doors.rest.get(path, auth=(doors.house.project.id, secret))


async def test_a_secret_is_changed_without_an_outage(doors: ServedHouse) -> None:
    _, secret = await made(doors)
    assert (await with_secret(doors, secret)).status_code == 200
    assert (await doors.rest.get("/v1/rooms")).status_code == 200, "both are live"
    old = await first_key(doors)
    gone = await doors.rest.delete(f"/v1/keys/{old}", auth=(doors.house.project.id, secret))
    assert (gone.status_code, gone.content) == (204, b"")
    assert code(await doors.rest.get("/v1/rooms")) == "credentials_invalid"
    assert (await with_secret(doors, secret)).status_code == 200
    again = await doors.rest.delete(f"/v1/keys/{old}", auth=(doors.house.project.id, secret))
    assert again.status_code == 204


async def test_a_secret_is_shown_once_and_is_nowhere_in_the_store(doors: ServedHouse) -> None:
    key, secret = await made(doors)
    assert secret.startswith("sk_")
    assert len(secret.encode()) >= 32
    for path in ("/v1/keys", f"/v1/keys/{key}"):
        assert secret not in (await doors.rest.get(path)).text
    async with doors.house.ctx.database.read() as tx:
        kept = await keys.get(tx, doors.house.project.id, key)
    assert kept is not None
    assert secret not in repr(kept)


async def test_a_key_is_read_renamed_and_bounded(doors: ServedHouse) -> None:
    key, secret = await made(doors)
    path = f"/v1/keys/{key}"
    expires = rfc3339(doors.house.clock.now() + timedelta(days=1))
    change = {"name": "door", "roles": ["viewer"], "permissions": ["message.send"], "expires_at": expires}
    changed = (await doors.rest.patch(path, json=change)).json()
    assert changed == (await doors.rest.get(path)).json()
    assert {name: changed[name] for name in change} == change
    assert code(await with_secret(doors, secret)) == "key_bounded"
    freed = (await doors.rest.patch(path, json={"roles": None, "permissions": None, "expires_at": None})).json()
    assert (freed["name"], freed["roles"], freed["permissions"], freed["expires_at"]) == ("door", None, None, None)
    assert (await with_secret(doors, secret)).status_code == 200


async def test_keys_are_listed_page_by_page(doors: ServedHouse) -> None:
    for number in range(3):
        await made(doors, f"key {number}")
    first = (await doors.rest.get("/v1/keys", params={"limit": 3})).json()
    rest = (await doors.rest.get("/v1/keys", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert (len(first["data"]), len(rest["data"]), rest["next_cursor"]) == (3, 1, None)


async def test_the_last_key_is_not_lost_by_its_own_project(doors: ServedHouse) -> None:
    first, soon = await first_key(doors), rfc3339(doors.house.clock.now() + timedelta(hours=1))
    await made(doors, "bounded", roles=["viewer"])
    await made(doors, "expiring", expires_at=soon)
    path = f"/v1/keys/{first}"
    assert code(await doors.rest.delete(path)) == "key_last"
    for narrower in ({"roles": []}, {"permissions": []}, {"expires_at": soon}):
        assert code(await doors.rest.patch(path, json=narrower)) == "key_last"
    assert (await doors.rest.patch(path, json={"name": "only"})).status_code == 200
    await made(doors, "whole")
    assert (await doors.rest.delete(path)).status_code == 204


async def test_an_expired_key_is_good_for_nothing(doors: ServedHouse) -> None:
    _, secret = await made(doors, expires_at=rfc3339(doors.house.clock.now() + timedelta(hours=1)))
    await doors.house.clock.advance(3599)
    assert (await with_secret(doors, secret)).status_code == 200
    await doors.house.clock.advance(1)
    assert code(await with_secret(doors, secret)) == "credentials_invalid"


async def test_a_revoked_key_is_not_changed(doors: ServedHouse) -> None:
    key, _ = await made(doors)
    await doors.rest.delete(f"/v1/keys/{key}")
    assert code(await doors.rest.patch(f"/v1/keys/{key}", json={"name": "x"})) == "key_revoked"
    assert (await doors.rest.get(f"/v1/keys/{key}")).json()["revoked_at"] is not None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x", "roles": "viewer"}, "roles"),
        ({"name": "x", "permissions": ["fly"]}, "permissions.0"),
        ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "x", "expires_at": "soon"}, "expires_at"),
        ({"name": "x", "expires_at": "2030-01-01T00:00:00"}, "expires_at"),
    ],
)
async def test_a_wrong_key_is_malformed(doors: ServedHouse, body: dict[str, Any], path: str) -> None:
    found = problem(await doors.rest.post("/v1/keys", json=body))
    assert (found["code"], path in [one["path"] for one in found["errors"]]) == ("malformed", True)


async def test_there_are_only_so_many_live_keys(doors: ServedHouse) -> None:
    ids = [(await made(doors))[0] for _ in range(MOST_LIVE_KEYS - 1)]
    assert code(await doors.rest.post("/v1/keys", json={"name": "x"})) == "too_many_keys"
    await doors.rest.delete(f"/v1/keys/{ids[0]}")
    await made(doors)


async def test_a_key_of_another_project_is_not_found(doors: ServedHouse) -> None:
    stranger, secret = await create_project(doors.house.ctx, "stranger")
    own = await first_key(doors)
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        answer = await doors.rest.request(method, f"/v1/keys/{own}", json=body, auth=(stranger.id, secret))
        assert code(answer) == "key_not_found"
    assert code(await with_secret(doors, secret)) == "credentials_invalid", "a secret opens its own project only"


async def test_a_participant_sees_no_keys(doors: ServedHouse) -> None:
    headers = {"Authorization": f"Bearer {await doors.token('anna', 'host')}"}
    for method, path in (("GET", "/v1/keys"), ("POST", "/v1/keys"), ("GET", "/v1/project"), ("PATCH", "/v1/project")):
        body = {"name": "x"} if method in ("POST", "PATCH") else None
        assert (
            code(await doors.rest.request(method, path, json=body, auth=None, headers=headers)) == "permission_denied"
        )


async def test_a_bounded_key_makes_tokens_and_codes_within_its_bounds_and_nothing_else(doors: ServedHouse) -> None:
    _, secret = await made(
        doors, roles=["viewer", "guest"], permissions=["message.send", "hand.raise", "reaction.send", "poll.vote"]
    )
    auth = (doors.house.project.id, secret)

    async def post(path: str, **body: Any) -> httpx.Response:
        return await doors.rest.post(path, json=body, auth=auth)

    room = "/v1/rooms/show"
    assert (await post(f"{room}/tokens", identity="vic", role="viewer")).status_code == 201
    assert (await post(f"{room}/codes", role="viewer")).status_code == 201
    for path, body in (
        (f"{room}/tokens", {"identity": "h", "role": "host"}),
        (f"{room}/tokens", {"identity": "g", "role": "guest"}),  # which brings `custom.send`
        (f"{room}/tokens", {"identity": "v", "role": "viewer", "permissions": ["room.end"]}),
        (f"{room}/codes", {"role": "host"}),
    ):
        assert code(await post(path, **body)) == "token_exceeds_key"
    assert len((await doors.rest.get(f"{room}/codes", auth=auth)).json()["data"]) == 1
    for path, body in (("/v1/rooms", {"name": "x"}), ("/v1/keys", {"name": "x"}), (f"{room}/end", {})):
        assert code(await post(path, **body)) == "key_bounded"
    assert code(await post(f"{room}/tokens/revoke", identity="vic")) == "key_bounded"
    assert code(await doors.rest.get("/v1/project", auth=auth)) == "key_bounded"


async def test_the_use_of_a_key_is_noted_now_and_then(doors: ServedHouse) -> None:
    key, secret = await made(doors)
    path = f"/v1/keys/{key}"
    assert (await doors.rest.get(path)).json()["last_used_at"] is None
    await with_secret(doors, secret)
    used_at = doors.house.clock.now()
    await doors.house.clock.advance(30)
    await write_key_uses(doors.house.ctx)
    assert (await doors.rest.get(path)).json()["last_used_at"] == rfc3339(used_at)


async def test_an_older_use_never_hides_a_newer(house: House) -> None:
    """Two servers write what each has seen."""
    key_id = await _only_key(house)
    newer = house.clock.now() + timedelta(minutes=1)
    for at in (newer, house.clock.now()):
        house.ctx.key_uses = {key_id: at}
        await write_key_uses(house.ctx)
    async with house.ctx.database.read() as tx:
        kept = await keys.get(tx, house.project.id, key_id)
    assert kept is not None
    assert kept.last_used_at == newer


async def _only_key(house: House) -> str:
    async with house.ctx.database.read() as tx:
        return str((await keys.of_project(tx, house.project.id))[0].id)


async def test_the_servers_secret_is_changed_and_then_the_old_one_left_out(doors: ServedHouse) -> None:
    ctx = doors.house.ctx
    token = await doors.token("anna", "host")
    headers = {"Authorization": f"Bearer {token}"}
    ctx.keyring = Keyring(OTHER_SECRET, (TOKEN_SECRET,))
    assert (await doors.rest.get("/v1/rooms/show/hands", auth=None, headers=headers)).status_code == 200
    await seal_anew(ctx)
    ctx.keyring = Keyring(OTHER_SECRET)
    assert code(await doors.rest.get("/v1/rooms/show/hands", auth=None, headers=headers)) == "token_invalid"
    async with ctx.database.read() as tx:
        [key] = await keys.of_project(tx, doors.house.project.id)
    assert ctx.keyring.unseal(key.sealed_secret or "") == doors.house.secret


async def test_a_key_whose_seal_is_lost_still_opens_by_basic(doors: ServedHouse) -> None:
    ctx = doors.house.ctx
    ctx.keyring = Keyring(OTHER_SECRET)
    with capture_logs() as logged:
        await seal_anew(ctx)
    [line] = [one for one in logged if one["log_level"] == "error"]
    assert (line["keys"], line["endpoints"], "ONSTAGE_SECRET" in line["event"]) == (1, 0, True)
    assert (await doors.rest.get("/v1/rooms")).status_code == 200
    signed = token_of(offline(doors), doors.house.secret)
    with capture_logs() as logged:
        assert code(await doors.rest.post("/v1/join", json={"token": signed}, auth=None)) == "token_invalid"
    assert await first_key(doors) in [one.get("key") for one in logged if one["log_level"] == "warning"]


async def test_webhooks_sign_with_the_same_secret_after_the_servers_has_changed(doors: ServedHouse) -> None:
    ctx = doors.house.ctx
    made = (await doors.rest.post("/v1/webhooks", json={"url": "https://93.184.216.34/hook"})).json()
    renewed = (await doors.rest.post(f"/v1/webhooks/{made['id']}/rotate-secret")).json()
    ctx.keyring = Keyring(OTHER_SECRET, (TOKEN_SECRET,))
    await seal_anew(ctx)
    ctx.keyring = Keyring(OTHER_SECRET)
    async with ctx.database.read() as tx:
        [endpoint] = await webhooks.every(tx)
    assert ctx.keyring.unseal(endpoint.sealed_secret) == renewed["secret"]
    assert ctx.keyring.unseal(endpoint.sealed_old_secret or "") == made["secret"]
