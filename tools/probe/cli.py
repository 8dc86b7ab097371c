"""The command line: probe a URL, print the report, end with 1 when a rule is broken."""

import argparse
import asyncio
import importlib.util
import json
import sys
from pathlib import Path

import httpx

from tools.probe.fetching import REQUEST_TIMEOUT_S
from tools.probe.ledger import Ledger
from tools.probe.rendition_walk import ProbeError, Saved
from tools.probe.walk import Walk


def main(arguments: list[str] | None = None) -> None:
    """Run the probe and exit: 0 all rules held, 1 some broken, 2 not probed."""
    options = _options(arguments)
    try:
        ledger, saved = asyncio.run(_probe(options))
    except (ProbeError, httpx.HTTPError) as problem:
        print(f"not probed: {type(problem).__name__}: {problem}", file=sys.stderr)
        sys.exit(2)
    if options.save is not None:
        save(saved, options.save)
    print(json.dumps(ledger.as_json(), indent=2) if options.json else ledger.as_text())
    sys.exit(1 if ledger.broken() else 0)


def save(saved: list[Saved], folder: Path) -> None:
    """Write playlists as files, for other judges."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in saved:
        (folder / f"{one.name}.m3u8").write_text(one.text)


async def _probe(options: argparse.Namespace) -> tuple[Ledger, list[Saved]]:
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    async with httpx.AsyncClient(
        http2=importlib.util.find_spec("h2") is not None,
        verify=not options.insecure,
        limits=limits,
        timeout=REQUEST_TIMEOUT_S,
    ) as client:
        walk = Walk(options.url, client)
        await walk.run(options.seconds, is_stalled=options.stalled)
        return walk.ledger, walk.saved


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hls_probe", description="Probe a live LL-HLS show.")
    parser.add_argument("url", help="multivariant or media playlist")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to follow the show")
    parser.add_argument("--json", action="store_true", help="report as JSON")
    parser.add_argument("--save", type=Path, metavar="DIR", help="write every playlist there")
    parser.add_argument("--insecure", action="store_true", help="accept any certificate")
    parser.add_argument("--stalled", action="store_true", help="the source stands still: check that rule only")
    return parser.parse_args(arguments)
