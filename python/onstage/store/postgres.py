"""PostgreSQL: URLs as people write them, settings of a connection, and which failures mean that it is away."""

import re

from sqlalchemy import URL, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

CONNECT_TIMEOUT_S = 5.0
STATEMENT_TIMEOUT_S = 15.0
LOCK_TIMEOUT_MS = 5_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000
"""A server that froze in the middle of a transaction holds its room for no longer."""
POOL_TIMEOUT_S = 5.0

READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Options of a connection that only reads: all of a transaction sees one moment."""

_DRIVER = "postgresql+asyncpg"
_NAMES = {"postgres", "postgresql", _DRIVER}
# What an error says of values: whole rows and keys in its detail, an argument that the driver can't send.
_QUOTED = re.compile(r"\nDETAIL: .*|(query argument \$\d+): .*", re.DOTALL)
# Classes and codes of https://www.postgresql.org/docs/15/errcodes-appendix.html.
_AWAY_CLASSES = {"08", "53", "58"}  # connection exception, insufficient resources, system error
_AWAY_CODES = {
    "25006",  # read_only_sql_transaction: a replica that was not promoted yet
    "25P03",  # idle_in_transaction_session_timeout
    "3D000",  # invalid_catalog_name: the database is gone
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55000",  # object_not_in_prerequisite_state: the database takes no connections
    "55P03",  # lock_not_available
    "57014",  # query_canceled
    "57P01",  # admin_shutdown
    "57P02",  # crash_shutdown
    "57P03",  # cannot_connect_now
    "57P04",  # database_dropped
    "57P05",  # idle_session_timeout
}


def with_driver(url: URL) -> URL:
    """`postgresql://…` with the driver we have, and libpq's `sslmode` under the name that the driver knows."""
    if url.drivername not in _NAMES:
        return url
    query = dict(url.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return url.set(drivername=_DRIVER, query=query)


def open_engine(url: URL, *, pool_size: int) -> AsyncEngine:
    """An engine of at most `pool_size` connections. Who gets none within `POOL_TIMEOUT_S` is refused."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": STATEMENT_TIMEOUT_S,
            "server_settings": {
                "application_name": "onstage",
                "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
                "jit": "off",  # our statements are small: compiling them costs more than running them
                "lock_timeout": str(LOCK_TIMEOUT_MS),
            },
        },
    )
    _check_before_use(engine)
    _keep_values_out_of_errors(engine)
    return engine


def _check_before_use(engine: AsyncEngine) -> None:
    """Take no dead connection from the pool.

    SQLAlchemy's own ping is three round trips before every transaction. The driver already knows of a connection that
    the server has closed, and that costs nothing to ask; one that hangs is ended by the time-outs.
    """

    @event.listens_for(engine.sync_engine, "checkout")
    def on_checkout(connection: DBAPIConnection, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError


def _keep_values_out_of_errors(engine: AsyncEngine) -> None:
    """Take out of errors, which are logged, the values that PostgreSQL and the driver quote in them."""

    @event.listens_for(engine.sync_engine, "handle_error")
    def on_error(context: ExceptionContext) -> None:
        errors: list[BaseException | None] = [context.sqlalchemy_exception, context.original_exception]
        while errors:
            error = errors.pop()
            if error is None:
                continue
            error.args = tuple(_QUOTED.sub(r"\1", one) if isinstance(one, str) else one for one in error.args)
            if isinstance(vars(error).get("detail"), str):  # the driver's
                vars(error)["detail"] = None
            errors.append(error.__cause__)


def is_away(error: DBAPIError) -> bool:
    """Whether a statement failed because of the database's state, and not because of the statement."""
    code = getattr(error.orig, "sqlstate", None)
    if code is None:  # the driver's own: the connection is closed, or broke
        return error.connection_invalidated or "connection" in str(error.orig).lower()
    return code in _AWAY_CODES or code[:2] in _AWAY_CLASSES
