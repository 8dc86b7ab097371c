"""What a child is told to make, and what it tells of it: JSON files and lines between two processes of one release."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from onstage.model.assets import AssetFailure, AssetKind

PLAN = "plan.json"
LINES = "lines.jsonl"


@dataclass(frozen=True, slots=True)
class Storage:
    """Where shows are kept. `url` is what `objects.open_objects` takes; journals are always in `folder`."""

    url: str
    folder: Path
    is_remote: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Something said to everybody."""

    id: str
    sender_id: str | None
    sender_name: str
    text: str
    sent_at: datetime
    type: str = "chat"


@dataclass(frozen=True, slots=True)
class Plan:
    """One asset: which, of which stretches of which show."""

    kind: AssetKind
    name: str
    recording_id: str
    broadcast_id: str
    title: str
    spans: tuple[tuple[datetime, datetime | None], ...]
    rendition: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A plan, and where its media are."""

    plan: Plan
    storage: Storage


@dataclass(frozen=True, slots=True)
class File:
    """What was made and stored: its path in the recording's folder, and its bytes."""

    kind: AssetKind
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a child says on its last line: what it made, or why not.

    `is_away`: storage can't be reached now, and `problem` says how one knows.
    """

    files: tuple[File, ...] = ()
    failure: AssetFailure | None = None
    is_away: bool = False
    problem: str = ""


ORDER = TypeAdapter[Order](Order)
OUTCOME = TypeAdapter[Outcome](Outcome)
_LINE = TypeAdapter[Line](Line)


def add_lines(folder: Path, lines: Iterable[Line]) -> None:
    """Write more of what was said, behind what is there."""
    with (folder / LINES).open("ab") as file:
        file.writelines(_LINE.dump_json(one) + b"\n" for one in lines)


def read_lines(folder: Path) -> list[Line]:
    """All that was said."""
    path = folder / LINES
    return [_LINE.validate_json(one) for one in path.read_bytes().splitlines()] if path.exists() else []
