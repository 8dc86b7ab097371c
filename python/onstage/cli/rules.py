"""`onstage rules`: the table of who may do what to whom."""

import json
from dataclasses import asdict

from rich import box
from rich.console import Console
from rich.table import Table

from onstage.model.authority import OF_GIFTS, rows

_HEAD = ("permission", "done from", "to oneself it takes", "rank of the other", "level of the other")
_WIDTH = 140


def print_rules(*, as_json: bool) -> None:
    """Print the table, or the same as one JSON array."""
    if as_json:
        print(json.dumps([asdict(row) for row in rows()], indent=2))
        return
    table = Table(*_HEAD, box=box.SIMPLE_HEAD)
    for row in rows():
        table.add_row(row.permission, row.place, row.on_oneself, row.rank, row.target)
    console = Console(highlight=False, width=_WIDTH)
    console.print(table)
    console.print(OF_GIFTS)
