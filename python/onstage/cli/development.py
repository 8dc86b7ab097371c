"""The first run makes a project, a room and links, so that the printed URLs can be used as they are."""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console

from onstage import __version__
from onstage.actions.access import ServerCaller
from onstage.actions.authentication import authenticate_project
from onstage.actions.codes import NewCode, create_code
from onstage.actions.context import Context
from onstage.actions.keys import NewKey, create_key
from onstage.actions.making import NewRoom
from onstage.actions.projects import create_project
from onstage.actions.rooms import create_room
from onstage.cli.serving import base_url
from onstage.config import Settings
from onstage.errors import ErrorCode, OnstageError
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.store import projects, rooms

PROJECT_NAME = "development"
ROOM_NAME = "first-show"
_out = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Development:
    """The development project and its room. The secret is the developer's own, so it is kept readable."""

    project_id: str
    secret: str
    room_id: str
    host_code: str
    guest_code: str
    viewer_code: str


async def development(ctx: Context, data_dir: Path) -> Development:
    """The project of an earlier run, or a new one; in any case with a secret that works."""
    path = data_dir / "development.json"
    kept = Development(**json.loads(path.read_text())) if path.exists() else None
    if kept is not None and await _is_there(ctx, kept):
        if await _works(ctx, kept):
            return kept
        _, secret = await create_key(ctx, ServerCaller(kept.project_id), NewKey("development"))
        made = replace(kept, secret=secret)
    else:
        made = await _make(ctx)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(made), file, indent=2)
    return made


async def _is_there(ctx: Context, kept: Development) -> bool:
    async with ctx.database.read() as tx:
        return await rooms.find(tx, kept.project_id, kept.room_id) is not None and (
            await projects.get(tx, kept.project_id) is not None
        )


async def _works(ctx: Context, kept: Development) -> bool:
    try:
        await authenticate_project(ctx, kept.project_id, kept.secret)
    except OnstageError as error:
        if error.code is ErrorCode.CREDENTIALS_INVALID:  # its key was revoked, or has expired
            return False
        raise
    return True


async def _make(ctx: Context) -> Development:
    project, secret = await create_project(ctx, PROJECT_NAME)
    caller = ServerCaller(project.id)
    new = NewRoom(name=ROOM_NAME, title="The first show", template=INTERACTIVE_LIVE_STREAM.name)
    room = await create_room(ctx, caller, new)
    roles = ("host", "guest", "viewer")
    codes = [(await create_code(ctx, caller, room.id, NewCode(role)))[0].code for role in roles]
    return Development(project.id, secret, room.id, *codes)


def print_urls(settings: Settings, dev: Development) -> None:
    """Where everything is, each line to be used as it stands."""
    url = base_url(settings)
    _out.print(f"\n[bold]Onstage {__version__} is ready[/bold]  (development project; Ctrl-C stops it)\n")
    lines = {
        "Studio": f"{url}/studio/{dev.host_code}",
        "Guests": f"{url}/studio/{dev.guest_code}",
        "Watch": f"{url}/watch/{dev.viewer_code}",
        "Playlist": f"{url}/live/{dev.room_id}/index.m3u8   (once the show is live)",
        "API": f"curl {'-k ' if settings.tls_self_signed else ''}-u {dev.project_id}:{dev.secret} {url}/v1/rooms",
        "Data": str(settings.data_dir.resolve()),
    }
    for name, text in lines.items():
        _out.print(f"  {name:<9}{text}", soft_wrap=True, markup=False)
    _out.print()
