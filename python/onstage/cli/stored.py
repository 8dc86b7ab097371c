"""The server's store, for a command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from onstage.actions.context import Context
from onstage.actions.sealing_anew import live_keys_without_secret
from onstage.app import App
from onstage.config import Settings
from onstage.errors import StartError

_MOST_NAMED = 3


@asynccontextmanager
async def store_of(settings: Settings, *, makes: bool = False, seals: bool = False) -> AsyncIterator[Context]:
    """A context on the server's store, beside the running server or without one.

    `makes`: a store that is not there yet is made. `seals`: the command signs, or keeps what is sealed, with the
    server's secret, and so needs the right one.

    Raises:
        StartError: the store can't be used, is not there, or holds keys that were sealed with another secret.
    """
    if not makes:
        _require_there(settings)
    server = App(settings)
    try:
        await server.database.migrate()
        if seals:
            await _require_right_secret(server.context)
        yield server.context
    finally:
        await server.database.close()


def where(settings: Settings) -> str:
    """The database, for people: an SQLite file by its whole path, else its URL without the password."""
    file = _sqlite_file(settings)
    return str(file.resolve()) if file is not None else make_url(settings.database).render_as_string()


def _require_there(settings: Settings) -> None:
    """Nothing, if there is a database: only a look must not make one, where a path was mistyped."""
    file = _sqlite_file(settings)
    if file is not None and not file.exists():
        raise StartError(
            f"There is no Onstage data in {file.resolve()}: give the server's --data-dir (or ONSTAGE_DATABASE_URL); "
            "`onstage serve` and `onstage project create` make a new one."
        )


def _sqlite_file(settings: Settings) -> Path | None:
    try:
        url = make_url(settings.database)
    except ArgumentError:  # whoever opens it says what is wrong
        return None
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(url.database or "") if is_file else None


async def _require_right_secret(ctx: Context) -> None:
    """Nothing, if the configured secret opens what the database keeps.

    Raises:
        StartError: what is sealed now could not be opened by the server, which has another secret.
    """
    shut = await live_keys_without_secret(ctx)
    if shut:
        named = ", ".join(key.id for key in shut[:_MOST_NAMED]) + (", …" if len(shut) > _MOST_NAMED else "")
        raise StartError(
            f"ONSTAGE_SECRET: {len(shut)} live keys in this database ({named}) were sealed with a secret that is not "
            "given. Give the server's, as ONSTAGE_SECRET or among ONSTAGE_PREVIOUS_SECRETS; if it is lost, first "
            "revoke them (`onstage project revoke-key`)."
        )
