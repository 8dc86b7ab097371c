"""Answers that only some operations have: on projects, keys, templates, rooms, codes, webhooks, and on joining."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from onstage.actions import keys, templates
from onstage.actions.keys import MOST_LIVE_KEYS
from onstage.actions.moderation import BanRequest, ban_identity
from onstage.actions.templates import MOST_TEMPLATES
from onstage.actions.webhooks import MOST_ENDPOINTS
from onstage.clock import rfc3339
from onstage.store import keys as key_store
from tests.api.answers.causes import ORIGIN, forbid_pages, old_token, removed, revoked_token, signed
from tests.api.answers.good_project import (
    ROLES,
    WEBHOOK,
    made_code,
    made_delivery,
    made_template,
    made_webhook,
    on_template,
)
from tests.api.answers.scene import Call, Making, Scene, fresh
from tests.support.connecting import connect
from tests.support.credentials import basic


async def first_key(scene: Scene) -> str:
    """The key that the project began with."""
    async with scene.house.ctx.database.read() as tx:
        return min(await key_store.of_project(tx, scene.house.project.id), key=lambda one: one.created_at).id


def too_many_keys(name: str) -> Making:
    async def special(scene: Scene) -> Call:
        for _ in range(MOST_LIVE_KEYS - 1):
            await scene.key()
        return scene.call(name, body={"name": "one more"})

    return special


def on_revoked_key(name: str) -> Making:
    async def special(scene: Scene) -> Call:
        key, _ = await scene.key()
        await keys.revoke_key(scene.house.ctx, scene.house.server, key.id)
        return scene.call(name, key=key.id, body={"name": "Another"})

    return special


async def _expire_last_key(scene: Scene) -> Call:
    soon = rfc3339(scene.house.clock.now() + timedelta(days=1))
    return scene.call("update_key", key=await first_key(scene), body={"expires_at": soon})


async def _revoke_last_key(scene: Scene) -> Call:
    return scene.call("revoke_key", key=await first_key(scene))


async def _delete_active_project(scene: Scene) -> Call:
    await scene.host()
    return scene.call("delete_project")


def name_taken(name: str, **given: Any) -> Making:
    """A template is made under the name of another one."""

    async def special(scene: Scene) -> Call:
        return scene.call(name, template="court", body={"name": await made_template(scene)} | given)

    return special


def too_many_templates(name: str, **given: Any) -> Making:
    async def special(scene: Scene) -> Call:
        for _ in range(MOST_TEMPLATES - 1):
            await templates.clone_template(scene.house.ctx, scene.house.server, "court", fresh("copy"))
        return scene.call(name, template="court", body={"name": fresh("copy")} | given)

    return special


def with_ids(name: str, body: object = None, **ids: str) -> Making:
    """A call on what is there, with this body."""
    given = {} if body is None else {"body": body}

    async def special(scene: Scene) -> Call:
        return scene.call(name, **given, **ids)

    return special


def while_present(name: str, body: object = None) -> Making:
    """The same, when somebody is in the room."""
    plain = with_ids(name, body)

    async def special(scene: Scene) -> Call:
        await scene.host()
        return await plain(scene)

    return special


def under_taken_name(name: str) -> Making:
    async def special(scene: Scene) -> Call:
        return scene.call(name, body={"name": (await scene.another_room()).house.room.name})

    return special


async def _token_beyond_key(scene: Scene) -> Call:
    _, secret = await scene.key(roles=("seat-9",))
    call = scene.call("create_token", body={"identity": "x", "role": "stage-9"})
    return replace(call, authorization=basic(scene.house.project.id, secret))


def too_many_webhooks(name: str) -> Making:
    async def special(scene: Scene) -> Call:
        for _ in range(MOST_ENDPOINTS):
            await scene.done(scene.call(name, body=WEBHOOK))
        return scene.call(name, body=WEBHOOK)

    return special


async def _change_url(scene: Scene) -> Call:
    return scene.call("update_webhook", webhook=await made_webhook(scene), body=_FORBIDDEN)


async def _replay_to_disabled(scene: Scene) -> Call:
    webhook, delivery = await made_delivery(scene)
    await scene.done(scene.call("update_webhook", webhook=webhook, body={"enabled": False}))
    return scene.call("replay_delivery", webhook=webhook, delivery=delivery)


async def _replay_range_to_disabled(scene: Scene) -> Call:
    webhook = await made_webhook(scene, enabled=False)
    return scene.call("replay_webhook", webhook=webhook, body={"since": "2026-01-01T00:00:00Z"})


def _logo(image: str) -> dict[str, Any]:
    return {"broadcast": {"look": {"logo": {"image": image}}}}


def _with_logo(image: str) -> dict[str, Any]:
    return {"name": fresh("looking"), "roles": ROLES} | _logo(image)


_LOGO_OF_OURS, _NO_LOGO = _logo("https://10.0.0.1/logo.png"), _logo("img_nothing")
_FORBIDDEN = {"url": "https://10.0.0.1/in"}


def joins(**token: Any) -> Making:
    """Somebody joins with a token that says so."""

    async def special(scene: Scene) -> Call:
        given = {"role": "seat-9"} | token
        return scene.call("join", body={"token": await scene.house.token(fresh("joiner"), **given)})

    return special


def joins_room(**changed: Any) -> Making:
    """Somebody joins a room that is changed so."""

    async def special(scene: Scene) -> Call:
        call = await joins()(scene)
        await scene.host()
        await scene.done(scene.call("update_room", body=changed))
        return call

    return special


def joins_with(make: Callable[[Scene], Awaitable[str]]) -> Making:
    async def special(scene: Scene) -> Call:
        return scene.call("join", body={"token": await make(scene)})

    return special


async def _no_token(_scene: Scene) -> str:
    return "a.b.c"


async def _exceeding(scene: Scene) -> str:
    return await signed(scene, roles=("seat-9",))


async def _of_no_room(scene: Scene) -> str:
    return await signed(scene, room="nowhere")


async def _of_no_role(scene: Scene) -> str:
    return await signed(scene, role="king")


async def _of_removed(scene: Scene) -> str:
    return (await removed(scene)).token


async def _of_banned(scene: Scene) -> str:
    identity = fresh("banned")
    await ban_identity(scene.house.ctx, scene.house.server, scene.room, identity, BanRequest())
    return await scene.house.token(identity, "seat-9")


async def _joins_too_early(scene: Scene) -> Call:
    return await joins(join_from=scene.house.clock.now() + timedelta(hours=1))(scene)


async def _joins_too_late(scene: Scene) -> Call:
    call = await joins(join_until=scene.house.clock.now() + timedelta(seconds=1))(scene)
    await scene.house.clock.advance(2)
    return call


async def _joins_from_foreign_page(scene: Scene) -> Call:
    await forbid_pages(scene)
    return replace(await joins()(scene), headers=ORIGIN)


async def _joins_twice(scene: Scene) -> Call:
    somebody = await scene.target()
    await scene.done(scene.call("update_room", body={"settings": {"duplicate_identity": "refuse"}}))
    await connect(scene.house, somebody.participant, fresh("connection"))
    return scene.call("join", body={"token": somebody.token})


async def _joins_by_no_code(scene: Scene) -> Call:
    return scene.call("join", body={"code": "zzz-zzzz-zzz"})


async def _joins_by_old_code(scene: Scene) -> Call:
    expires_at = rfc3339(scene.house.clock.now() + timedelta(seconds=1))
    code = await made_code(scene, expires_at=expires_at)
    await scene.house.clock.advance(2)
    return scene.call("join", body={"code": code})


async def _joins_by_used_code(scene: Scene) -> Call:
    code = await made_code(scene, max_uses=1)
    await scene.done(scene.call("join", body={"code": code}))
    return scene.call("join", body={"code": code})


SPECIAL_ON_PROJECTS: dict[tuple[str, str], Making] = {
    ("delete_project", "project_active"): _delete_active_project,
    ("create_project_key", "too_many_keys"): too_many_keys("create_project_key"),
    ("update_project_key", "key_revoked"): on_revoked_key("update_project_key"),
    ("create_key", "too_many_keys"): too_many_keys("create_key"),
    ("update_key", "key_revoked"): on_revoked_key("update_key"),
    ("update_key", "key_last"): _expire_last_key,
    ("revoke_key", "key_last"): _revoke_last_key,
    ("create_template", "template_name_taken"): name_taken("create_template", roles=ROLES),
    ("create_template", "template_limit_reached"): too_many_templates("create_template", roles=ROLES),
    ("create_template", "url_not_allowed"): with_ids("create_template", _with_logo("https://10.0.0.1/logo.png")),
    ("create_template", "image_unusable"): with_ids("create_template", _with_logo("img_nothing")),
    ("update_template", "url_not_allowed"): on_template("update_template", body=_LOGO_OF_OURS),
    ("update_template", "image_unusable"): on_template("update_template", body=_NO_LOGO),
    ("update_template", "template_built_in"): with_ids("update_template", {}, template="interactive-live-stream"),
    ("update_template", "template_changed"): with_ids("update_template", {"if_version": 7}, template="court"),
    ("delete_template", "template_built_in"): with_ids("delete_template", template="interactive-live-stream"),
    ("delete_template", "template_in_use"): with_ids("delete_template", template="court"),
    ("clone_template", "template_name_taken"): name_taken("clone_template"),
    ("clone_template", "template_limit_reached"): too_many_templates("clone_template"),
    ("create_room", "room_name_taken"): under_taken_name("create_room"),
    ("create_room", "template_not_found"): with_ids("create_room", {"name": "x", "template": "none"}),
    ("update_room", "room_name_taken"): under_taken_name("update_room"),
    ("update_room", "template_not_found"): with_ids("update_room", {"template": "none"}),
    ("update_room", "room_in_use"): while_present("update_room", {"template": "interactive-live-stream"}),
    ("delete_room", "room_in_use"): while_present("delete_room"),
    ("create_token", "unknown_role"): with_ids("create_token", {"identity": "x", "role": "king"}),
    ("create_token", "template_not_found"): with_ids(
        "create_token", {"identity": "x", "role": "host", "auto_create": {"template": "none"}}, room="to-be-made"
    ),
    ("create_token", "token_exceeds_key"): _token_beyond_key,
    ("create_code", "unknown_role"): with_ids("create_code", {"role": "king"}),
    ("create_webhook", "url_not_allowed"): with_ids("create_webhook", _FORBIDDEN),
    ("create_webhook", "webhook_limit_reached"): too_many_webhooks("create_webhook"),
    ("create_room_webhook", "url_not_allowed"): with_ids("create_room_webhook", _FORBIDDEN),
    ("create_room_webhook", "webhook_limit_reached"): too_many_webhooks("create_room_webhook"),
    ("update_webhook", "url_not_allowed"): _change_url,
    ("replay_delivery", "webhook_disabled"): _replay_to_disabled,
    ("replay_webhook", "webhook_disabled"): _replay_range_to_disabled,
    ("join", "token_invalid"): joins_with(_no_token),
    ("join", "token_expired"): joins_with(lambda scene: _given(old_token(scene))),
    ("join", "token_revoked"): joins_with(revoked_token),
    ("join", "token_exceeds_key"): joins_with(_exceeding),
    ("join", "origin_not_allowed"): _joins_from_foreign_page,
    ("join", "join_too_early"): _joins_too_early,
    ("join", "join_too_late"): _joins_too_late,
    ("join", "participant_removed"): joins_with(_of_removed),
    ("join", "participant_banned"): joins_with(_of_banned),
    ("join", "room_not_found"): joins_with(_of_no_room),
    ("join", "unknown_role"): joins_with(_of_no_role),
    ("join", "room_code_not_found"): _joins_by_no_code,
    ("join", "room_code_expired"): _joins_by_old_code,
    ("join", "room_code_used_up"): _joins_by_used_code,
    ("join", "room_locked"): joins_room(locked=True),
    ("join", "room_not_open"): joins_room(settings={"join_until": "2025-01-01T00:00:00Z"}),
    ("join", "room_full"): joins_room(settings={"capacity": {"total": 1}}),
    ("join", "stage_full"): joins(role="full"),
    ("join", "identity_connected"): _joins_twice,
}


async def _given(text: str) -> str:
    return text
