"""`onstage serve | demo | project | token | composer | doctor`."""

import json
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console
from typer.exceptions import TyperException

from onstage import __version__
from onstage.actions.access import ServerCaller
from onstage.actions.projects import create_project
from onstage.actions.tokens import NewToken, mint_token
from onstage.app import App
from onstage.cli.development import development, print_urls
from onstage.cli.doctor import examine
from onstage.cli.log import configure_logging
from onstage.cli.serving import base_url, serving, until_told_to_stop
from onstage.config import Environment, Settings, load_settings
from onstage.errors import OnstageError, StartError
from onstage.store import projects

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Interactive live streaming, self-hosted.",
)
project_app = typer.Typer(no_args_is_help=True, help="Tenants: an id and a secret each.")
app.add_typer(project_app, name="project")
_out = Console(highlight=False)

DataDir = Annotated[Path | None, typer.Option(help="Folder of the database, the segments and the generated keys.")]


def main() -> None:
    """`onstage …`; what is wrong with the arguments is one line too, for which Typer would draw a box."""
    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:
        if text := error.format_message():  # none when it was the help
            print(f"onstage: {text}", file=sys.stderr)
        sys.exit(error.exit_code)


def settings_or_exit(**given: object) -> Settings:
    """The settings; what is wrong with them is one line for the person at the terminal."""
    try:
        return load_settings(**given)
    except StartError as error:
        print(f"onstage: {error}", file=sys.stderr)
        raise typer.Exit(1) from None


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run `work`; what stops it is one line for the person at the terminal."""
    try:
        uvloop.run(work)
    except StartError as error:
        print(f"onstage: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    except OnstageError as error:
        expected = f" Expected: {error.expected}." if error.expected else ""
        print(f"onstage: {error.detail}{expected} {error.code.value.fix}", file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 when unset.")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port; 8080 when unset.")] = None,
    data_dir: DataDir = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM): HTTPS and HTTP/2.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
    tls_self_signed: Annotated[bool | None, typer.Option(help="Make and use a certificate for development.")] = None,
    public_url: Annotated[str | None, typer.Option(help="URL under which browsers reach this server.")] = None,
    media_ip: Annotated[str | None, typer.Option(help="Address browsers send media to.")] = None,
) -> None:
    """Run the server. Every setting is also ONSTAGE_<NAME>; docs/guides/settings.md lists them."""
    settings = settings_or_exit(
        host=host,
        port=port,
        data_dir=data_dir,
        tls_cert=tls_cert,
        tls_key=tls_key,
        tls_self_signed=tls_self_signed,
        public_url=public_url,
        media_ip=media_ip,
    )
    configure_logging(settings.log_level, as_json=settings.log_json)
    run(_serve(settings))


async def _serve(settings: Settings) -> None:
    async with serving(settings) as server:
        if settings.environment is Environment.DEVELOPMENT:
            print_urls(settings, await development(server.context, settings.data_dir))
        else:
            _out.print(f"Onstage {__version__} is ready at {base_url(settings)}")
        await until_told_to_stop()
        _out.print("Stopping.")


@app.command()
def demo(
    seconds: Annotated[float | None, typer.Option(help="End by itself, with a verdict as exit code.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 when unset.")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port; 8080 when unset.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Run the server with a show on it: synthetic people, and a browser that watches and measures."""
    settings = settings_or_exit(host=host, port=port, data_dir=data_dir)
    configure_logging("warning", as_json=settings.log_json)
    run(_demo(settings, seconds))


async def _demo(settings: Settings, seconds: float | None) -> None:
    try:
        from onstage.cli.demo.command import demo as run_demo  # a browser's driver, which serving does without
    except ModuleNotFoundError as cause:
        raise StartError(f"The demo needs {cause.name}: pip install 'onstage[demo]'") from cause
    if not await run_demo(settings, seconds):
        raise StartError("the show was not good enough (see the last line).")


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Say what is missing, and how to get it."""
    settings = settings_or_exit(data_dir=data_dir)
    findings = examine(settings)
    for finding in findings:
        mark = "ok     " if finding.is_fine else "MISSING"
        _out.print(f"{mark} {finding.what}: {finding.detail}", markup=False, soft_wrap=True)
    if not all(finding.is_fine for finding in findings):
        raise typer.Exit(1)


@project_app.command("create")
def project_create(
    name: str,
    data_dir: DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make a project, and print its id and secret. The secret is shown only now."""
    run(_project_create(settings_or_exit(data_dir=data_dir), name, as_json=as_json))


async def _project_create(settings: Settings, name: str, *, as_json: bool) -> None:
    server = App(settings)
    await server.database.migrate()
    project, secret = await create_project(server.context, name)
    await server.database.close()
    if as_json:
        print(json.dumps({"id": project.id, "secret": secret}))
    else:
        _out.print(f"id      {project.id}\nsecret  {secret}", markup=False)


@app.command()
def token(
    room: Annotated[str, typer.Argument(help="Id or name of the room.")],
    identity: Annotated[str, typer.Option(help="Who this is, in your app.")],
    role: Annotated[str, typer.Option(help="A role of the room's template.")],
    name: Annotated[str, typer.Option(help="The name others see.")] = "",
    project: Annotated[str | None, typer.Option(help="Project id; the development project when unset.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Print a participant token."""
    new = NewToken(identity=identity, name=name or identity, role=role)
    run(_token(settings_or_exit(data_dir=data_dir), room, new, project))


async def _token(settings: Settings, room: str, new: NewToken, project_id: str | None) -> None:
    server = App(settings)
    await server.database.migrate()
    async with server.database.read() as tx:
        found = await (projects.get(tx, project_id) if project_id else projects.by_name(tx, "development"))
    if found is None:
        raise StartError("There is no such project: `onstage project create NAME` makes one.")
    minted = await mint_token(server.context, ServerCaller(found.id), room, new)
    await server.database.close()
    print(minted.token)


@app.command(hidden=True)
def composer(fd: Annotated[int, typer.Option(help="The inherited end of the server's socket.")]) -> None:
    """Compose one broadcast. Started by `onstage serve`."""
    from onstage.composer.process import run as compose

    compose(fd)
