"""The server's store, for a command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onstage.actions.context import Context
from onstage.app import App
from onstage.config import Settings


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
