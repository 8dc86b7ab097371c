"""Scripts of shows. Each gives what of it was not as promised: sentences, none when all was well."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from onstage.model.layout import Layout
from tests.support.content.cast import cast
from tests.support.content.complaints import Bars, Complaints
from tests.support.content.film import Film
from tests.support.content.looks import ANN, BOB, CID, DEE, Look
from tests.support.content.run import on_air
from tests.support.content.setting import Setting, colours_of, placed, sit
from tests.support.netns import OtherMachine
from tests.support.onstage_server import OnstageServer

SETTLE_S = 2.0
"""At the show's begin, and after somebody came: connections find their bit rate."""
CHANGE_S = 1.5
"""What was asked for has happened by then, and movement is over."""
BEFORE_S = 0.3
"""The playlist states an average delay of inputs; what happens may be seen that much earlier."""
LISTENER = Look("cid", CID.chroma, CID.tone_hz, has_camera=False)


async def a_room(server: OnstageServer) -> str:
    """A new one; its name."""
    return str((await server.call("POST", "/v1/rooms", {"name": f"show-{secrets.token_hex(4)}"}))["name"])


async def change_of_layout(
    server: OnstageServer, setting: Setting, other: Layout, looks: Sequence[Look], parts: int, *, bars: Bars
) -> list[str]:
    """The layout changes in the middle: so many parts before, and as many after."""
    room = await a_room(server)
    async with cast(server, room, *looks) as people, on_air(server, room, setting, people) as run:
        await run.lasts(parts)
        changed = await run.change(other)
        await run.lasts(parts)
    seats = sit(setting.layout, looks)
    before = placed(setting.layout, run.viewer.canvas, seats, looks)
    after = placed(other, run.viewer.canvas, sit(other, looks, seats), looks)
    film = Film(run.viewer, colours_of(looks), [*before, *after])
    complaints = Complaints(film, bars)
    began_s, changed_s = film.times_s[0] + SETTLE_S, film.at(changed)
    for look in looks:
        complaints.whole(look, began_s, film.end_s)
    complaints.in_tiles(before, began_s, changed_s - BEFORE_S)
    complaints.in_tiles(after, changed_s + CHANGE_S, film.end_s)
    return complaints.all


async def troubles(server: OnstageServer, setting: Setting, parts: int, *, bars: Bars) -> list[str]:
    """Ann turns her camera round and takes another, Bob leaves and comes back, Cid has no camera, Dee is muted."""
    room, looks = await a_room(server), (ANN, BOB, LISTENER, DEE)
    async with cast(server, room, *looks) as people, on_air(server, room, setting, people) as run:
        await run.lasts(parts)
        await run.tell("camera", ANN, 180, 320)
        muted = await run.tell("mute", DEE)
        leaves = await run.lasts(parts)
        left = await run.tell("leave", BOB)
        await run.tell("camera", ANN, 480, 270)
        returns = await run.lasts(parts)
        unmuted = await run.tell("unmute", DEE)
        back = await run.tell("join", BOB)
        await run.lasts(parts + 4)
    layout = setting.layout
    seats = sit(layout, looks)
    fewer = sit(layout, (ANN, LISTENER, DEE), seats)
    again = sit(layout, (ANN, LISTENER, DEE, BOB), fewer)
    all_of_them, without_bob, with_bob_again = (
        placed(layout, run.viewer.canvas, order, looks) for order in (seats, fewer, again)
    )
    film = Film(run.viewer, colours_of(looks), [*all_of_them, *without_bob, *with_bob_again])
    complaints = Complaints(film, bars)
    began_s, end_s = film.times_s[0] + SETTLE_S, film.end_s
    muted_s, leaves_s, left_s, returns_s, unmuted_s, back_s = map(
        film.at, (muted, leaves, left, returns, unmuted, back)
    )
    complaints.whole(ANN, began_s, end_s)
    complaints.whole(LISTENER, began_s, end_s)
    complaints.unseen(LISTENER, began_s, end_s)
    complaints.seen(DEE, began_s, end_s)
    complaints.heard(DEE, began_s, muted_s - BEFORE_S)
    complaints.silent(DEE, muted_s + CHANGE_S, unmuted_s - BEFORE_S)
    complaints.heard(DEE, unmuted_s + SETTLE_S, end_s)
    complaints.whole(BOB, began_s, leaves_s - BEFORE_S)
    complaints.unseen(BOB, left_s + CHANGE_S, returns_s)
    complaints.silent(BOB, left_s + CHANGE_S, returns_s)
    complaints.whole(BOB, back_s + SETTLE_S, end_s)
    complaints.in_tiles(all_of_them, began_s, leaves_s - BEFORE_S)
    complaints.in_tiles(without_bob, left_s + CHANGE_S, returns_s)
    complaints.in_tiles(with_bob_again, back_s + SETTLE_S, end_s)
    return complaints.all


async def loss(
    server: OnstageServer, setting: Setting, machine: OtherMachine, percent: int, parts: int, *, bars: Bars
) -> list[str]:
    """Ann and Bob are here; Dee publishes from another machine, over a wire that loses datagrams from the begin on."""
    room, looks = await a_room(server), (ANN, BOB, DEE)
    machine.loses(percent)
    theirs = cast(server, room, DEE, base_url=f"http://{machine.our_ip}:{server.port}", run=machine.exec)
    async with cast(server, room, ANN, BOB) as people, theirs as remote, on_air(server, room, setting, people) as run:
        await remote.everybody_joins()
        joined = datetime.now(UTC)
        await run.lasts(parts)
    tiles = placed(setting.layout, run.viewer.canvas, sit(setting.layout, looks), looks)
    film = Film(run.viewer, colours_of(looks), tiles)
    complaints = Complaints(film, bars)
    since_s = film.at(joined) + 2 * SETTLE_S
    for look in looks:
        complaints.whole(look, since_s, film.end_s)
    complaints.in_tiles(tiles, since_s, film.end_s)
    return complaints.all
