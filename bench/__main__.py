"""`python -m bench [name]`: runs every bench, or one, and says at the end which bars do not hold."""

import asyncio
import importlib
import inspect
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

from bench.report import RESULTS

_HELPERS = {"report", "__main__"}


def names() -> list[str]:
    """Every module here that can be run: it has a `main`."""
    found = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    return [name for name in found if name not in _HELPERS and "def main(" in _source(name)]


def _source(name: str) -> str:
    return (Path(__file__).parent / f"{name}.py").read_text()


def run(name: str) -> list[str]:
    """Run one bench; the bars of it that do not hold."""
    result = importlib.import_module(f"bench.{name}").main()
    if inspect.isawaitable(result):
        asyncio.run(_finish(result))
    path = RESULTS / f"{name}.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    return [f"{name}: {row['name']}" for row in rows if row["holds"] is False]


async def _finish(result: Any) -> None:
    await result


def main() -> None:
    """Run what is asked for. A bar that does not hold is told, and is no failure of the command."""
    wanted = sys.argv[1:] or names()
    unknown = set(wanted) - set(names())
    if unknown:
        sys.exit(f"There is no bench {', '.join(sorted(unknown))}; there are: {', '.join(names())}")
    missed = [line for name in wanted for line in run(name)]
    print("\nEvery bar holds." if not missed else "\nDoes not hold:\n  " + "\n  ".join(missed))


if __name__ == "__main__":
    main()
