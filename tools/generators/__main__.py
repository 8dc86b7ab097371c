"""The command behind tools/generate.py."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tools.generators import (
    asyncapi,
    events_schema,
    guides,
    openapi,
    python_client,
    replay,
    typescript,
    webhooks_schema,
)

ROOT = Path(__file__).resolve().parents[2]

DOCUMENTS: dict[str, Callable[[], str]] = {
    "protocol/openapi.json": openapi.document,
    "protocol/asyncapi.json": asyncapi.document,
    "protocol/events.schema.json": events_schema.document,
    "protocol/webhooks.schema.json": webhooks_schema.document,
    "web/sdk/src/protocol.ts": typescript.document,
    "python/onstage/client/models.py": python_client.models,
    "python/onstage/client/calls.py": python_client.calls,
    "docs/guides/errors.md": guides.errors,
    "docs/guides/events.md": guides.events,
    "docs/guides/settings.md": guides.settings,
    "docs/guides/rules.md": guides.rules,
}


def documents() -> dict[str, str]:
    """Every generated file: its path below the root, and its text."""
    made = {path: make() for path, make in DOCUMENTS.items()}
    return made | {f"protocol/replay/{name}": text for name, text in replay.documents().items()}


def stale(made: dict[str, str]) -> list[str]:
    """The files whose committed copy differs, and recordings that nothing writes any more."""
    differing = [path for path, text in made.items() if _read(ROOT / path) != text]
    kept = {str(path.relative_to(ROOT)) for path in (ROOT / "protocol" / "replay").glob("*.json")}
    return sorted({*differing, *(kept - made.keys())})


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def write(made: dict[str, str]) -> None:
    """Bring the checkout up to date."""
    for path in stale(made):
        target = ROOT / path
        if path not in made:
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made[path], encoding="utf-8")


def main() -> int:
    """Write, or check; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a committed copy is stale")
    made = documents()
    if not parser.parse_args().check:
        write(made)
        return 0
    found = stale(made)
    for path in found:
        print(f"{path} is stale: run `make generate`", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
