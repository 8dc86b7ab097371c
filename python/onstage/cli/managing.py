"""What `onstage project …` does, and how it prints what came of it."""

import json
from collections.abc import Sequence
from datetime import timedelta

from pydantic import BaseModel
from rich.console import Console

from onstage.actions import keys, projects
from onstage.actions.access import ServerCaller
from onstage.actions.bodies.base import parse
from onstage.actions.bodies.projects import CreateKey, CreateProject
from onstage.cli.stored import store_of, where
from onstage.clock import rfc3339
from onstage.config import Settings
from onstage.model.views import KeyView, NewKeyView, ProjectView

_PAGE = 200
_out = Console(highlight=False)


async def create(settings: Settings, name: str, origins: list[str] | None, *, as_json: bool) -> None:
    """Make a project, and print its id and secret, and where it is kept."""
    body = parse(CreateProject, {"name": name, "allowed_origins": origins or None})
    async with store_of(settings, makes=True, seals=True) as ctx:
        made = await projects.make_project(ctx, body.name, body.origins)
    if as_json:
        print(json.dumps({"id": made.project.id, "secret": made.secret}))
    else:
        lines = f"id        {made.project.id}\nsecret    {made.secret}\ndatabase  {where(settings)}"
        _out.print(lines, markup=False, soft_wrap=True)


async def print_projects(settings: Settings, *, as_json: bool) -> None:
    """Print every project."""
    found: list[ProjectView] = []
    async with store_of(settings) as ctx:
        while page := await projects.list_projects(ctx, after=found[-1].id if found else None, limit=_PAGE):
            found += [ProjectView.of(project) for project in page]
    _print_list(found, [(one.id, one.name) for one in found], as_json=as_json)


async def print_project(settings: Settings, project: str, *, as_json: bool) -> None:
    """Print one project."""
    async with store_of(settings) as ctx:
        found = ProjectView.of(await projects.read_project(ctx, ServerCaller(project)))
    origins = "any" if found.allowed_origins is None else ", ".join(found.allowed_origins) or "none"
    lines = {"id": found.id, "name": found.name, "origins": origins, "created": rfc3339(found.created_at)}
    _print_one(found, lines, as_json=as_json)


async def delete(settings: Settings, project: str) -> None:
    """Close a project for good."""
    async with store_of(settings) as ctx:
        await projects.delete_project(ctx, ServerCaller(project))


async def print_keys(settings: Settings, project: str, *, as_json: bool) -> None:
    """Print the keys of a project."""
    found: list[KeyView] = []
    async with store_of(settings) as ctx:
        caller = ServerCaller(project)
        while page := await keys.list_keys(ctx, caller, after=found[-1].id if found else None, limit=_PAGE):
            found += [KeyView.of(key) for key in page]
    rows = [(one.id, "revoked" if one.revoked_at else "live", _bounds(one), one.name) for one in found]
    _print_list(found, rows, as_json=as_json)


def _bounds(key: KeyView) -> str:
    """What the key may do, in few words."""
    if key.roles is None and key.permissions is None:
        return "everything"
    roles = "any role" if key.roles is None else ", ".join(key.roles) or "no role"
    if key.permissions is None:
        return f"tokens for {roles}"
    return f"tokens for {roles}, with at most {', '.join(key.permissions) or 'no permission'}"


async def add_key(
    settings: Settings, project: str, body: dict[str, object], days: int | None, *, as_json: bool
) -> None:
    """Make a key from the body of POST /v1/keys, and print its id and secret."""
    async with store_of(settings, seals=True) as ctx:
        expires_at = None if days is None else ctx.clock.now() + timedelta(days=days)
        new = parse(CreateKey, body | {"expires_at": expires_at}).new()
        made = NewKeyView.of_new(*await keys.create_key(ctx, ServerCaller(project), new))
    _print_one(made, {"id": made.key.id, "secret": made.secret}, as_json=as_json)


async def revoke_key(settings: Settings, project: str, key: str) -> None:
    """Revoke a key; the last one too."""
    async with store_of(settings) as ctx:
        await keys.revoke_key(ctx, ServerCaller(project), key)


def _print_one(view: BaseModel, lines: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        print(view.model_dump_json())
        return
    width = max(len(name) for name in lines) + 2
    for name, value in lines.items():
        _out.print(f"{name:<{width}}{value}", markup=False, soft_wrap=True)


def _print_list(views: Sequence[BaseModel], rows: Sequence[Sequence[str]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([view.model_dump(mode="json") for view in views]))
        return
    for row in rows:
        _out.print("  ".join(row), markup=False, soft_wrap=True)
