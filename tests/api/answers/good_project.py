"""A request that goes well, for each operation on a project, its rooms and its history. Each makes what it needs."""

from typing import Any

from onstage.actions.projects import make_project
from onstage.actions.sessions import open_session
from onstage.store import rooms, sessions
from tests.api.answers.scene import Call, Making, Scene, fresh

WEBHOOK = {"url": "https://hooks.example.com/in"}
ROLES = {"host": {"level": "stage"}, "guest": {"level": "audience"}}


def plain(name: str, **given: Any) -> Making:
    """A call that needs nothing but what is there."""

    async def make(scene: Scene) -> Call:
        return scene.call(name, **given)

    return make


def named(name: str, **more: Any) -> Making:
    """A call that makes something, under a name of its own."""

    async def make(scene: Scene) -> Call:
        return scene.call(name, body={"name": fresh("made")} | more)

    return make


def on_another_project(name: str, **given: Any) -> Making:
    """A call of the operator on a project in which nothing happens, and on its first key."""

    async def make(scene: Scene) -> Call:
        made = await make_project(scene.house.ctx, fresh("project"))
        return scene.call(name, project=made.project.id, key=made.key.id, **given)

    return make


def on_key(name: str, **given: Any) -> Making:
    async def make(scene: Scene) -> Call:
        key, _ = await scene.key()
        return scene.call(name, key=key.id, **given)

    return make


async def made_template(scene: Scene) -> str:
    """The name of a template that no room has."""
    body = {"name": fresh("template"), "roles": ROLES}
    return str((await scene.done(scene.call("create_template", body=body)))["name"])


def on_template(name: str, **given: Any) -> Making:
    async def make(scene: Scene) -> Call:
        return scene.call(name, template=await made_template(scene), **given)

    return make


async def _clone(scene: Scene) -> Call:
    return scene.call("clone_template", template=await made_template(scene), body={"name": fresh("copy")})


def in_session(name: str, **given: Any) -> Making:
    """A call on a room in which somebody is."""

    async def make(scene: Scene) -> Call:
        await scene.target("stage")
        return scene.call(name, **given)

    return make


async def session_of(scene: Scene) -> str:
    """The id of the room's open session."""
    async with scene.house.ctx.database.begin() as tx:
        room = await rooms.lock_id(tx, scene.house.room.id)
        assert room is not None
        found = await sessions.open_of(tx, room.id) or await open_session(scene.house.ctx, tx, room)
    return found.id


def on_session(name: str) -> Making:
    async def make(scene: Scene) -> Call:
        await scene.target("stage")
        return scene.call(name, session=await session_of(scene))

    return make


async def _delete_room(scene: Scene) -> Call:
    return scene.call("delete_room", room=(await scene.another_room()).room)


async def _create_code(scene: Scene) -> Call:
    return scene.call("create_code", body={"role": f"seat-{scene.rank}"})


async def made_code(scene: Scene, **given: Any) -> str:
    """A code of the room."""
    made = await scene.done(scene.call("create_code", body={"role": "seat-9"} | given))
    return str(made["code"])


async def _revoke_playback_token(scene: Scene) -> Call:
    made = await scene.done(scene.call("create_playback_token"))
    return scene.call("revoke_playback_token", playback_token=made["id"])


async def _delete_code(scene: Scene) -> Call:
    return scene.call("delete_code", code=await made_code(scene))


async def _join(scene: Scene) -> Call:
    return scene.call("join", body={"token": await scene.house.token(fresh("joiner"), "seat-9")})


async def made_webhook(scene: Scene, **given: Any) -> str:
    """The id of an endpoint."""
    return str((await scene.done(scene.call("create_webhook", body=WEBHOOK | given)))["id"])


def on_webhook(name: str, **given: Any) -> Making:
    async def make(scene: Scene) -> Call:
        return scene.call(name, webhook=await made_webhook(scene), **given)

    return make


async def made_delivery(scene: Scene) -> tuple[str, str]:
    """An endpoint that has heard of something, and that delivery."""
    webhook = await made_webhook(scene)
    await scene.enter("seat", 9)
    listed = await scene.done(scene.call("list_deliveries", webhook=webhook))
    return webhook, str(listed["data"][0]["id"])


def on_delivery(name: str) -> Making:
    async def make(scene: Scene) -> Call:
        webhook, delivery = await made_delivery(scene)
        return scene.call(name, webhook=webhook, delivery=delivery)

    return make


_CHANGED = {"body": {"name": "Another"}}
_REVOKED = {"body": {"identity": "somebody"}}

GOOD_ON_PROJECTS: dict[str, Making] = {
    "create_project": named("create_project"),
    "list_projects": plain("list_projects"),
    "get_project": on_another_project("get_project"),
    "update_project": on_another_project("update_project", **_CHANGED),
    "delete_project": on_another_project("delete_project"),
    "create_project_key": on_another_project("create_project_key", **_CHANGED),
    "list_project_keys": on_another_project("list_project_keys"),
    "get_project_key": on_another_project("get_project_key"),
    "update_project_key": on_another_project("update_project_key", **_CHANGED),
    "revoke_project_key": on_another_project("revoke_project_key"),
    "get_own_project": plain("get_own_project"),
    "update_own_project": plain("update_own_project", **_CHANGED),
    "list_keys": plain("list_keys"),
    "create_key": named("create_key"),
    "get_key": on_key("get_key"),
    "update_key": on_key("update_key", **_CHANGED),
    "revoke_key": on_key("revoke_key"),
    "list_templates": plain("list_templates"),
    "create_template": named("create_template", roles=ROLES),
    "get_template": on_template("get_template"),
    "update_template": on_template("update_template", body={"roles": {"guest": {"priority": 7}}}),
    "delete_template": on_template("delete_template"),
    "clone_template": _clone,
    "list_template_versions": on_template("list_template_versions"),
    "get_template_version": on_template("get_template_version", version="1"),
    "create_room": named("create_room"),
    "list_rooms": plain("list_rooms"),
    "get_room": in_session("get_room"),
    "update_room": in_session("update_room", body={"title": "Another"}),
    "delete_room": _delete_room,
    "end_room": in_session("end_room"),
    "revoke_room_tokens": plain("revoke_room_tokens", **_REVOKED),
    "revoke_tokens": plain("revoke_tokens", **_REVOKED),
    "create_code": _create_code,
    "list_codes": plain("list_codes"),
    "delete_code": _delete_code,
    "create_playback_token": plain("create_playback_token", body={"label": "embedded"}),
    "list_playback_tokens": plain("list_playback_tokens"),
    "revoke_playback_token": _revoke_playback_token,
    "create_token": plain("create_token", body={"identity": "somebody", "role": "seat-9"}),
    "join": _join,
    "list_sessions": in_session("list_sessions"),
    "get_session": on_session("get_session"),
    "list_session_participants": on_session("list_session_participants"),
    "list_session_messages": on_session("list_session_messages"),
    "list_webhooks": plain("list_webhooks"),
    "create_webhook": plain("create_webhook", body=WEBHOOK),
    "list_room_webhooks": plain("list_room_webhooks"),
    "create_room_webhook": plain("create_room_webhook", body=WEBHOOK),
    "get_webhook": on_webhook("get_webhook"),
    "update_webhook": on_webhook("update_webhook", body={"description": "billing"}),
    "delete_webhook": on_webhook("delete_webhook"),
    "test_webhook": on_webhook("test_webhook"),
    "list_deliveries": on_webhook("list_deliveries"),
    "get_delivery": on_delivery("get_delivery"),
    "replay_delivery": on_delivery("replay_delivery"),
    "replay_webhook": on_webhook("replay_webhook", body={"since": "2026-01-01T00:00:00Z"}),
    "rotate_webhook_secret": on_webhook("rotate_webhook_secret"),
}
