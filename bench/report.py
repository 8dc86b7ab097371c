"""How every bench tells its numbers: one JSON list per bench, and the same as a table."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Row:
    """One measured number.

    `peer` is the rival's or the floor's number of the same run, `ratio` ours over the peer's, `bar` what we promised
    (a sentence such as "<= 4" or a number) and `holds` whether we keep it.
    """

    name: str
    value: float
    unit: str
    peer: float | None = None
    ratio: float | None = None
    bar: float | str | None = None
    holds: bool | None = None


def write(name: str, rows: Sequence[Row]) -> None:
    """Write `bench/results/<name>.json` and print the table."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps([asdict(row) for row in rows], indent=2)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    Console(width=140).print(_table(name, rows))


def _table(name: str, rows: Sequence[Row]) -> Table:
    table = Table(title=name)
    for column in ("name", "value", "unit", "peer", "ratio", "bar", "holds"):
        table.add_column(column, justify="left" if column in {"name", "unit"} else "right")
    for row in rows:
        table.add_row(
            row.name, *(_cell(cell) for cell in (row.value, row.unit, row.peer, row.ratio, row.bar, row.holds))
        )
    return table


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "NO"
        case float():
            return f"{value:.4g}"
        case _:
            return str(value)
