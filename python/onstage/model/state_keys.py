"""The session's key-value store: its bounds, and who may write which key."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import StringConstraints

MOST_KEYS = 100
MOST_KEYS_EVER = 10_000
"""Also the deleted ones, whose versions are kept while the session lasts."""
LARGEST_TOTAL_BYTES = 131_072
OWN_ID = "{id}"
"""In a pattern: the writer's own participant id."""

StateKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]


def may_write(patterns: Iterable[str], key: str, participant_id: str) -> bool:
    """Whether one of a role's `state_keys` matches: shell patterns, as `poll.*` or `participant.{id}.*`."""
    return any(fnmatchcase(key, pattern.replace(OWN_ID, participant_id)) for pattern in patterns)
