"""How commands begin and end: settings, and one line for what stops them."""

import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onstage.errors import OnstageError, StartError

if TYPE_CHECKING:  # what a command needs is imported when it runs: `--help` needs none of it
    from onstage.config import Settings

DataDir = Annotated[Path | None, typer.Option(help="Folder of the database, the segments and the generated keys.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings_or_exit(**given: object) -> "Settings":
    """The settings; what is wrong with them is one line for the person at the terminal."""
    from onstage.config import load_settings

    try:
        return load_settings(**given)
    except StartError as error:
        print(f"onstage: {error}", file=sys.stderr)
        raise typer.Exit(1) from None


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run `work`; what stops it is one line for the person at the terminal."""
    import uvloop

    try:
        uvloop.run(work)
    except StartError as error:
        print(f"onstage: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    except OnstageError as error:
        print(f"onstage: {_line_of(error)}", file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _line_of(error: OnstageError) -> str:
    """What went wrong and what to do; of wrong fields only these, since the rest is about their JSON."""
    if error.errors:
        return " ".join(f"{one.path}: {one.problem}." for one in error.errors)
    expected = f" Expected: {error.expected}." if error.expected else ""
    return f"{error.detail}{expected} {error.code.value.fix}"
