"""Lists with the newest first, page by page."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Select, and_, or_, select


def newest_first(
    query: Select[Any], moment: Column[datetime], key: Column[str], *, after: str | None, limit: int
) -> Select[Any]:
    """The query's newest rows by `moment` and then `key`, at most `limit`, from behind the one whose key is `after`."""
    if after is not None:
        start = select(moment).where(key == after).scalar_subquery()
        query = query.where(or_(moment < start, and_(moment == start, key < after)))
    return query.order_by(moment.desc(), key.desc()).limit(limit)
