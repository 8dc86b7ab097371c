"""`onstage project …`: what the admin API does, for whoever is on the machine."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console

from onstage.actions import keys, projects
from onstage.actions.access import ServerCaller
from onstage.actions.bodies.base import parse
from onstage.actions.bodies.projects import CreateKey, CreateProject
from onstage.cli.running import AsJson, DataDir, run, settings_or_exit, store_of
from onstage.clock import rfc3339
from onstage.config import Settings
from onstage.model.views import KeyView, NewKeyView, ProjectView

project_app = typer.Typer(no_args_is_help=True, help="Tenants: an id, and keys with a secret each.")
_PAGE = 200
_out = Console(highlight=False)

ProjectId = Annotated[str, typer.Argument(metavar="PROJECT", help="Its id, `prj_…`.")]


@project_app.command("create")
def create(
    name: str,
    origin: Annotated[list[str] | None, typer.Option(help="Whose pages may call; everybody's when unset.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a project, and print its id and secret. The secret is shown only now."""
    run(_create(settings_or_exit(data_dir=data_dir), name, origin, as_json=as_json))


async def _create(settings: Settings, name: str, origins: list[str] | None, *, as_json: bool) -> None:
    body = parse(CreateProject, {"name": name, "allowed_origins": origins or None})
    async with store_of(settings) as ctx:
        made = await projects.make_project(ctx, body.name, body.origins)
    if as_json:
        print(json.dumps({"id": made.project.id, "secret": made.secret}))
    else:
        _out.print(f"id      {made.project.id}\nsecret  {made.secret}", markup=False, soft_wrap=True)


@project_app.command("list")
def list_(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print every project."""
    run(_list(settings_or_exit(data_dir=data_dir), as_json=as_json))


async def _list(settings: Settings, *, as_json: bool) -> None:
    found: list[ProjectView] = []
    async with store_of(settings) as ctx:
        while page := await projects.list_projects(ctx, after=found[-1].id if found else None, limit=_PAGE):
            found += [ProjectView.of(project) for project in page]
    _print_list(found, [(one.id, one.name) for one in found], as_json=as_json)


@project_app.command("show")
def show(project: ProjectId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print one project."""
    run(_show(settings_or_exit(data_dir=data_dir), project, as_json=as_json))


async def _show(settings: Settings, project: str, *, as_json: bool) -> None:
    async with store_of(settings) as ctx:
        found = ProjectView.of(await projects.read_project(ctx, ServerCaller(project)))
    origins = "any" if found.allowed_origins is None else ", ".join(found.allowed_origins) or "none"
    lines = {"id": found.id, "name": found.name, "origins": origins, "created": rfc3339(found.created_at)}
    _print_one(found, lines, as_json=as_json)


@project_app.command("delete")
def delete(
    project: ProjectId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Close a project for good: its keys are revoked, and nothing of it is found any more."""
    settings = settings_or_exit(data_dir=data_dir)
    if not yes and not typer.confirm(f"Close {project} for good?", err=True):
        raise typer.Abort
    run(_delete(settings, project))


async def _delete(settings: Settings, project: str) -> None:
    async with store_of(settings) as ctx:
        await projects.delete_project(ctx, ServerCaller(project))


@project_app.command("keys")
def list_keys(project: ProjectId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print a project's keys, without their secrets."""
    run(_keys(settings_or_exit(data_dir=data_dir), project, as_json=as_json))


async def _keys(settings: Settings, project: str, *, as_json: bool) -> None:
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
    return "tokens for " + ("any role" if key.roles is None else ", ".join(key.roles) or "no role")


@project_app.command("add-key")
def add_key(
    project: ProjectId,
    name: Annotated[str, typer.Option(help="What it is for.")] = "another",
    role: Annotated[
        list[str] | None, typer.Option(help="A role its tokens may name; it does nothing else then.")
    ] = None,
    permission: Annotated[list[str] | None, typer.Option(help="A permission its tokens may give; likewise.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days until it expires.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make another key of a project, and print its id and secret. The secret is shown only now."""
    body: dict[str, object] = {"name": name, "roles": role or None, "permissions": permission or None}
    run(_add_key(settings_or_exit(data_dir=data_dir), project, body, days, as_json=as_json))


async def _add_key(
    settings: Settings, project: str, body: dict[str, object], days: int | None, *, as_json: bool
) -> None:
    async with store_of(settings) as ctx:
        expires_at = None if days is None else ctx.clock.now() + timedelta(days=days)
        new = parse(CreateKey, body | {"expires_at": expires_at}).new()
        made = NewKeyView.of_new(*await keys.create_key(ctx, ServerCaller(project), new))
    _print_one(made, {"id": made.key.id, "secret": made.secret}, as_json=as_json)


@project_app.command("revoke-key")
def revoke_key(
    project: ProjectId,
    key: Annotated[str, typer.Argument(help="Its id, `key_…`.")],
    data_dir: DataDir = None,
) -> None:
    """Make a key useless, and every token it signed; the last one too."""
    run(_revoke_key(settings_or_exit(data_dir=data_dir), project, key))


async def _revoke_key(settings: Settings, project: str, key: str) -> None:
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
