"""Chat to thousands of connected gateway sockets, from one participant's request to every other's page.

The server has one core (and the clients another); beside it, in the same run, nginx's nchan module does the same work.
"""

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.nchan import is_installed, nchan
from bench.process_cost import cost, pss_mb
from bench.report import Row, write
from onstage.actions import presence
from onstage.actions.access import ServerCaller
from onstage.actions.context import Unattended
from onstage.actions.making import NewRoom
from onstage.actions.projects import create_project
from onstage.actions.rooms import create_room
from onstage.actions.tokens import NewToken, mint_token
from onstage.app import App
from onstage.config import Settings
from onstage.grants import sign
from onstage.model.ids import ParticipantId, Prefix, new_id
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.store import participants
from tests.support.onstage_server import OnstageServer
from tests.support.serving import free_port

SOCKETS = int(os.environ.get("BENCH_SOCKETS", "10000"))
PER_S = 10
FOR_S = 20
BAR_P99_MS, BAR_KB = 1_000, 80.0
_SERVER_CPU, _CLIENTS_CPU = 0, 1
_SETTLE_S = 3.0
_FRAME = (
    '{"type": "event", "seq": 12345, "prev": 12344, "name": "message.sent", "at": "2026-01-01T00:00:00.000Z", "data": '
    '{"message": {"id": "msg_0123456789abcdefghij", "seq": 12345, "sender_id": "pa_0123456789abcdefghij", '
    '"sender_name": "Somebody", "type": "text", "text": "TEXT", "to_roles": [], "to_participant": null, '
    '"metadata": {}, "pinned": false, "deleted": false, "sent_at": "2026-01-01T00:00:00.000Z"}}}'
)
"""What a peer sends: as many bytes as our event has."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fanout:
    """What one server did."""

    heard: dict[str, float]
    cores: float
    kb_per_socket: float
    sockets_per_s: float


async def seated(data_dir: Path, count: int) -> list[str]:
    """Tokens of so many viewers who have joined, before the server starts: joining is not what is measured here.

    One of them joins; the others are written as that one's like.
    """
    app = App(Settings(data_dir=data_dir))
    app.context.after_change = Unattended()
    await app.database.migrate()
    project, _ = await create_project(app.context, "bench")
    caller = ServerCaller(project.id)
    new_room = NewRoom(name="bench", title="Bench", template=INTERACTIVE_LIVE_STREAM.name)
    room = await create_room(app.context, caller, new_room)
    minted = await mint_token(app.context, caller, room.id, NewToken(identity="0", name="Viewer 0", role="viewer"))
    _, first = await presence.join(app.context, minted.token)
    tokens = [minted.token]
    async with app.database.begin() as tx:
        for number in range(1, count):
            identity, token_id = str(number), f"token-{number}"
            new_participant = ParticipantId(new_id(Prefix.PARTICIPANT))
            await participants.add(tx, replace(first, id=new_participant, identity=identity, token_id=token_id))
            grant = replace(minted.grant, identity=identity, token_id=token_id)
            tokens.append(sign(grant, app.context.keyring.current))
    await app.database.close()
    return tokens


def pin(pid: int, cpu: int) -> None:
    """Let every thread of the process run on that processor alone."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {cpu})


@asynccontextmanager
async def clients() -> AsyncIterator[asyncio.subprocess.Process]:
    """The process of the clients, on a processor of its own."""
    process = await asyncio.create_subprocess_exec(
        *("taskset", "-c", str(_CLIENTS_CPU), sys.executable, "-m", "bench.fanout_clients"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def tell(process: asyncio.subprocess.Process, order: Json) -> Json:
    """Give an order to the clients; what they say when they have carried it out."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(order).encode() + b"\n")
    await process.stdin.drain()
    answer: Json = json.loads(await process.stdout.readline())
    return answer


async def fan_out(pid: int, url: str, tokens: list[str], publish: str | None) -> Fanout:
    """Connect everybody, look at the idle server, and talk."""
    async with clients() as process:
        idle_mb = pss_mb(pid)
        connected = await tell(process, {"url": url, "tokens": tokens, "count": SOCKETS})
        await asyncio.sleep(_SETTLE_S)
        kb_per_socket = (pss_mb(pid) - idle_mb) * 1_000 / connected["connected"]
        before, began = cost(pid), time.monotonic()
        talking = {"publish": publish, "frame": _FRAME, "per_s": PER_S, "messages": PER_S * FOR_S}
        heard = await tell(process, talking | {"settle_s": _SETTLE_S})
        cores = cost(pid).since(before).total_s / (time.monotonic() - began)
    return Fanout(heard, cores, kb_per_socket, connected["connected"] / connected["took_s"])


async def of_onstage() -> Fanout:
    """Ours, through actions, outbox, bus and feed."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir, gateway_port = Path(folder) / "data", free_port()
        tokens = await seated(data_dir, SOCKETS)
        server = OnstageServer(data_dir)
        server.ports |= {"GATEWAY_PORT": str(gateway_port), "PRESENCE_GRACE_S": "600", "RATE_LIMIT_ADDRESS": "off"}
        await server.start()
        try:
            pin(server.pid, _SERVER_CPU)
            return await fan_out(server.pid, f"ws://127.0.0.1:{gateway_port}/v1/gateway", tokens, None)
        finally:
            await server.stop()


async def of_nchan() -> Fanout | None:
    """The peer's; None where it is not installed."""
    if not is_installed():
        return None
    async with nchan(_SERVER_CPU) as peer:
        return await fan_out(peer.worker_pid, peer.url, [], peer.publish_url)


def rows_of(ours: Fanout, peer: Fanout | None) -> list[Row]:
    """The table."""
    what = f"chat to {SOCKETS} sockets, {PER_S}/s"

    def of_both(name: str, unit: str, of: Callable[[Fanout], float], bar: float | None = None) -> Row:
        return row(f"{what}: {name}", unit, of(ours), None if peer is None else of(peer), bar)

    return [
        of_both("p50", "ms", lambda one: one.heard["p50"]),
        of_both("p99", "ms", lambda one: one.heard["p99"], BAR_P99_MS),
        of_both("max", "ms", lambda one: one.heard["max"]),
        of_both("lost", "messages", lambda one: one.heard["lost"], 0),
        of_both("processor of the server", "cores", lambda one: one.cores, 1.0),
        of_both("memory per idle socket", "kB", lambda one: one.kb_per_socket, BAR_KB),
        of_both("opened and welcomed", "sockets/s", lambda one: one.sockets_per_s),
    ]


def row(name: str, unit: str, value: float, peers: float | None, bar: float | None) -> Row:
    """One number; what has a bar is to be no more."""
    ratio = value / peers if peers else None
    if bar is None:
        return Row(name, value, unit, peers, ratio)
    return Row(name, value, unit, peers, ratio, f"<= {bar:g}", value <= bar)


async def main() -> None:
    """Measure and write."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    assert hard > SOCKETS + 200, f"`ulimit -Hn` is {hard}: too few files for {SOCKETS} sockets"
    ours = await of_onstage()
    write("chat_fanout", rows_of(ours, await of_nchan()))


if __name__ == "__main__":
    asyncio.run(main())
