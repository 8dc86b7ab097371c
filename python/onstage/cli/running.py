"""How commands begin and end: settings, and one line for what stops them."""

import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from onstage.actions.context import Context
from onstage.app import App
from onstage.config import Settings, load_settings
from onstage.errors import OnstageError, StartError

DataDir = Annotated[Path | None, typer.Option(help="Folder of the database, the segments and the generated keys.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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
        wrong = "".join(f" {one.path}: {one.problem}." for one in error.errors)
        print(f"onstage: {error.detail}{wrong}{expected} {error.code.value.fix}", file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@asynccontextmanager
async def store_of(settings: Settings) -> AsyncIterator[Context]:
    """A context on the server's store, beside the running server or without one.

    Raises:
        StartError: the store can't be used.
    """
    server = App(settings)
    await server.database.migrate()
    try:
        yield server.context
    finally:
        await server.database.close()
