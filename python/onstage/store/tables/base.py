"""The metadata all tables belong to, and the type of moments."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


COUNT = BigInteger().with_variant(Integer, "sqlite")
"""What counts up without an end in sight, and what clients send to be compared with it. SQLite's are of any size."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, in whole milliseconds: what JSON shows, so that lists are in the order that clients see.

    SQLite keeps no time zone, so it is put back on the way out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy passes it
        """To UTC."""
        if value is None:
            return None
        return value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Marked as the UTC it is."""
        return None if value is None else value.replace(tzinfo=UTC)
