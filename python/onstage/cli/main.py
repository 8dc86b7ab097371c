"""`onstage serve | demo | project | token | rules | composer | doctor`.

Each command imports what it runs on when it runs: the whole server takes seconds to import, and `--help` needs none.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from onstage.cli.project import project_app
from onstage.cli.running import DataDir, run, settings_or_exit
from onstage.errors import StartError

if TYPE_CHECKING:
    from onstage.config import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Interactive live streaming, self-hosted.",
)
app.add_typer(project_app, name="project")


def main() -> None:
    """`onstage …`; what is wrong with the arguments is one line too, for which Typer would draw a box."""
    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:
        if text := error.format_message():  # none when it was the help
            print(f"onstage: {text}", file=sys.stderr)
        sys.exit(error.exit_code)
    except typer.Abort:  # a question that was not answered with yes
        print("onstage: Nothing was done.", file=sys.stderr)
        sys.exit(1)


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
    from onstage.cli.log import configure_logging
    from onstage.cli.serve import serve as serve_until_stopped

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
    run(serve_until_stopped(settings))


@app.command()
def demo(
    seconds: Annotated[float | None, typer.Option(help="End by itself, with a verdict as exit code.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 when unset.")] = None,
    port: Annotated[int | None, typer.Option(help="TCP port; 8080 when unset.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Run the server with a show on it: synthetic people, and a browser that watches and measures."""
    from onstage.cli.log import configure_logging

    settings = settings_or_exit(host=host, port=port, data_dir=data_dir)
    configure_logging("warning", as_json=settings.log_json)
    run(_demo(settings, seconds))


async def _demo(settings: "Settings", seconds: float | None) -> None:
    try:
        from onstage.cli.demo.command import demo as run_demo  # a browser's driver, which serving does without
    except ModuleNotFoundError as cause:
        raise StartError(f"The demo needs {cause.name}: pip install 'onstage[demo]'") from cause
    if not await run_demo(settings, seconds):
        raise StartError("the show was not good enough (see the last line).")


@app.command()
def doctor(data_dir: DataDir = None) -> None:
    """Say what is missing, and how to get it."""
    from onstage.cli.doctor import print_findings

    if not print_findings(settings_or_exit(data_dir=data_dir)):
        raise typer.Exit(1)


@app.command()
def rules(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False) -> None:
    """Print who may do what to whom."""
    from onstage.cli.rules import print_rules

    print_rules(as_json=as_json)


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
    from onstage.actions.tokens import NewToken
    from onstage.cli.token import print_token

    new = NewToken(identity=identity, name=name or identity, role=role)
    run(print_token(settings_or_exit(data_dir=data_dir), room, new, project))


@app.command(hidden=True)
def composer(fd: Annotated[int, typer.Option(help="The inherited end of the server's socket.")]) -> None:
    """Compose one broadcast. Started by `onstage serve`."""
    from onstage.composer.process import run as compose

    compose(fd)
