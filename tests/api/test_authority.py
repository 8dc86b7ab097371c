"""Who may do what to whom, written down a second time by hand, and every cell asked of the REST API.

A row has, for each kind of caller, the outcome for each target. A letter is an outcome (see `OUTCOMES`); the callers
are a server, and people of rank 5 on stage with and without the permission, and in a seat with and without it.
"""

from collections.abc import Awaitable, Callable
from itertools import product

import httpx
import pytest

from onstage.actions.hands import raise_hand
from onstage.actions.promotion import PromotionRequest, set_role
from onstage.actions.tracks import report_tracks
from onstage.model.permission import Permission
from onstage.model.records import Track
from onstage.model.role import Source
from tests.support.court import RANKS, Court, Somebody, hold_court, open_court
from tests.support.gateway import ServedHouse
from tests.support.problems import code

OUTCOMES = {
    "k": "ok",
    "s": "not_on_stage",
    "d": "permission_denied",
    "r": "outranked",
    "a": "already_on_stage",
    "n": "not_promoted",
    "p": "participant_not_on_stage",
    "h": "hand_not_raisable",
    "i": "invite_closed",
}
CALLERS = ("server", "stage with", "stage without", "seat with", "seat without")
TARGETS = ("self", "equal", "lower", "higher")

# Done to somebody: for each caller the targets themselves, of equal, lower and higher rank.
DONE_TO_OTHERS = {
    Permission.PARTICIPANT_PROMOTE: "-kkk akkr dddd ssss ssss",
    Permission.PARTICIPANT_DEMOTE: "-kkk kkkr kddd nsss nsss",
    Permission.PARTICIPANT_SET_ROLE: "-kkk kkkr dddd ssss ssss",
    Permission.PARTICIPANT_MUTE: "-kkk kkkr kddd psss psss",
    Permission.PARTICIPANT_REQUEST_UNMUTE: "-kkk dkkr dddd ssss ssss",
    Permission.PARTICIPANT_MUTE_CHAT: "-kkk dkkr dddd ssss ssss",
    Permission.PARTICIPANT_SET_BACKSTAGE: "-kkk kkkr dddd ssss ssss",
    Permission.PARTICIPANT_REMOVE: "-kkk dkkr dddd ssss ssss",
    Permission.PARTICIPANT_BAN: "-kkk dkkr dddd ssss ssss",
    Permission.PARTICIPANT_UPDATE: "-kkk kkkr dddd ksss dsss",
    Permission.PARTICIPANT_LIST: "-kkk kkkk kddd kkkk kddd",
    Permission.INVITE_CANCEL: "-kkk kkkr kddd isss isss",  # who made it and lost the place on stage, lost it
    Permission.HAND_LOWER: "-kkk kkkr kddd ksss ksss",
    Permission.MESSAGE_DELETE: "-kkk kkkr kddd ksss ksss",
}
# Done to nobody: one outcome for each caller.
DONE = {
    Permission.HAND_RAISE: "hhhkd",
    Permission.MESSAGE_SEND: "kkdkd",
    Permission.MESSAGE_PIN: "kkdss",
    Permission.REACTION_SEND: "kkdkd",
    Permission.CUSTOM_SEND: "kkdkd",
    Permission.STATE_SET: "kkdkd",
    Permission.POLL_CREATE: "kkdss",
    Permission.POLL_START: "kkdss",
    Permission.POLL_STOP: "kkdss",
    Permission.POLL_VOTE: "dkdkd",
    Permission.BROADCAST_START: "kkdss",
    Permission.BROADCAST_UPDATE: "kkdss",
    Permission.BROADCAST_STOP: "kkdss",
    Permission.METADATA_SEND: "kkdss",
    Permission.CAPTION_SEND: "kkdss",
    Permission.MEDIA_PLAY: "kkdss",
    Permission.ROOM_UPDATE: "kkdss",
    Permission.ROOM_END: "kkdss",
}
# The same permission, for calls that concern many.
DONE_TO_MANY = {
    Permission.PARTICIPANT_LIST: "kkdkd",
    Permission.PARTICIPANT_MUTE: "kkdss",
    Permission.PARTICIPANT_BAN: "kkdss",
    Permission.HAND_LOWER: "kkdss",
}
# Where the target of a test sits, if not on stage; and what somebody needs to become the target of it.
_SEATED = {Permission.PARTICIPANT_PROMOTE, Permission.HAND_LOWER}
_NEEDS = {
    Permission.INVITE_CANCEL: Permission.PARTICIPANT_PROMOTE,
    Permission.HAND_LOWER: Permission.HAND_RAISE,
    Permission.MESSAGE_DELETE: Permission.MESSAGE_SEND,
}

Answer = Awaitable[httpx.Response]


def test_the_table_written_by_hand_covers_every_permission() -> None:
    assert DONE_TO_OTHERS.keys() | DONE.keys() == set(Permission)
    assert DONE_TO_OTHERS.keys().isdisjoint(DONE)
    for row in DONE_TO_OTHERS.values():
        assert [len(cells) for cells in row.split()] == [len(TARGETS)] * len(CALLERS)
    for row in (*DONE.values(), *DONE_TO_MANY.values()):
        assert len(row) == len(CALLERS)
    assert set("".join((*DONE_TO_OTHERS.values(), *DONE.values()))) <= {*OUTCOMES, "-", " "}


def outcome(answer: httpx.Response) -> str:
    return "ok" if answer.is_success else code(answer)


async def caller_of(court: Court, kind: str, permission: Permission) -> Somebody | None:
    if kind == "server":
        return None
    place, has = kind.split()
    given = [permission] if has == "with" else []
    return await court.enter(place, 5, *given, *[_NEEDS[permission]] if permission in _NEEDS else [])


async def target_of(court: Court, rank: str, permission: Permission) -> Somebody:
    place = "seat" if permission in _SEATED else "stage"
    return await court.enter(place, RANKS[rank], *[_NEEDS[permission]] if permission in _NEEDS else [])


async def _muted_camera(court: Court, target: Somebody) -> None:
    """A track that is silent already, so that the engine, which is away, is not asked."""
    camera = Track("TR_1", Source.CAMERA, is_muted=True)
    await report_tracks(court.doors.house.ctx, court.room.id, target.participant.identity, (camera,))


async def _mute(court: Court, caller: Somebody | None, target: Somebody) -> httpx.Response:
    await _muted_camera(court, target)
    return await court.call(caller, "POST", f"/participants/{target.id}/mute")


async def _lower(court: Court, caller: Somebody | None, target: Somebody) -> httpx.Response:
    house = court.doors.house
    if not target.participant.is_on_stage:
        await raise_hand(house.ctx, house.caller(target.participant), court.room.id)
    return await court.call(caller, "DELETE", f"/hands/{target.id}")


async def _cancel(court: Court, caller: Somebody | None, target: Somebody) -> httpx.Response:
    """An invite that the target made, while on stage."""
    house, maker = court.doors.house, target.participant
    invited = (await court.enter("seat", 9)).participant
    seat = maker.role
    if not maker.is_on_stage:
        await set_role(house.ctx, house.server, court.room.id, maker.id, "stage-5", PromotionRequest(force=True))
    invite = await house.invited(invited, by=maker)
    if not maker.is_on_stage:
        await set_role(house.ctx, house.server, court.room.id, maker.id, seat, PromotionRequest(force=True))
    return await court.call(caller, "POST", f"/invites/{invite.id}/cancel")


async def _delete(court: Court, caller: Somebody | None, target: Somebody) -> httpx.Response:
    sent = await court.call(target, "POST", "/messages", {"text": "hello"})
    return await court.call(caller, "DELETE", f"/messages/{sent.json()['message']['id']}")


def _to(method: str, suffix: str, body: object = None) -> Callable[[Court, Somebody | None, Somebody], Answer]:
    """A call on the target itself."""
    return lambda court, caller, target: court.call(caller, method, f"/participants/{target.id}{suffix}", body)


TO_OTHERS: dict[Permission, Callable[[Court, Somebody | None, Somebody], Answer]] = {
    Permission.PARTICIPANT_PROMOTE: _to("POST", "/promote", {"force": True}),
    Permission.PARTICIPANT_DEMOTE: _to("POST", "/demote"),
    Permission.PARTICIPANT_SET_ROLE: _to("POST", "/role", {"role": "seat-9", "force": True}),
    Permission.PARTICIPANT_MUTE: _mute,
    Permission.PARTICIPANT_REQUEST_UNMUTE: _to("POST", "/request-unmute", {"source": "microphone"}),
    Permission.PARTICIPANT_MUTE_CHAT: _to("POST", "/mute-chat"),
    Permission.PARTICIPANT_SET_BACKSTAGE: _to("POST", "/backstage", {"backstage": True}),
    Permission.PARTICIPANT_REMOVE: _to("POST", "/remove"),
    Permission.PARTICIPANT_BAN: _to("POST", "/ban"),
    Permission.PARTICIPANT_UPDATE: _to("PATCH", "", {"name": "Another"}),
    Permission.PARTICIPANT_LIST: _to("GET", ""),
    Permission.INVITE_CANCEL: _cancel,
    Permission.HAND_LOWER: _lower,
    Permission.MESSAGE_DELETE: _delete,
}


@pytest.mark.parametrize("permission", DONE_TO_OTHERS, ids=lambda one: one.value)
async def test_what_is_done_to_somebody(doors: ServedHouse, permission: Permission) -> None:
    await hold_court(doors)
    found = {}
    for place, (kind, to) in enumerate(product(CALLERS, TARGETS)):
        if (kind, to) == ("server", "self"):
            continue
        court = await open_court(doors, f"court-{place}")
        caller = await caller_of(court, kind, permission)
        target = caller if to == "self" else await target_of(court, to, permission)
        assert target is not None
        found[kind, to] = outcome(await TO_OTHERS[permission](court, caller, target))
    cells = DONE_TO_OTHERS[permission].replace(" ", "")
    table = dict(zip(product(CALLERS, TARGETS), cells, strict=True))
    assert found == {cell: OUTCOMES[letter] for cell, letter in table.items() if letter != "-"}


_POLL = {"title": "?", "questions": [{"text": "?", "options": ["a", "b"]}]}


async def _pin(court: Court, caller: Somebody | None) -> httpx.Response:
    sent = await court.call(None, "POST", "/messages", {"text": "hello"})
    return await court.call(caller, "POST", f"/messages/{sent.json()['message']['id']}/pin")


def _polled(do: str, *before: str) -> Callable[[Court, Somebody | None], Answer]:
    """A poll of the server's, taken as far as `before`, then `do` by the caller."""

    async def attempt(court: Court, caller: Somebody | None) -> httpx.Response:
        poll = (await court.call(None, "POST", "/polls", _POLL)).json()
        path = f"/polls/{poll.get('poll', poll)['id']}"
        for step in before:
            assert (await court.call(None, "POST", f"{path}/{step}")).is_success
        votes = {"answers": [{"question": 0, "options": [0]}]} if do == "vote" else None
        return await court.call(caller, "POST", f"{path}/{do}", votes)

    return attempt


_CAPTIONED = {"captions": [{"language": "en", "name": "English"}]}


def _broadcast(method: str, suffix: str, body: object = None) -> Callable[[Court, Somebody | None], Answer]:
    async def attempt(court: Court, caller: Somebody | None) -> httpx.Response:
        show = (await court.call(None, "POST", "/broadcasts", _CAPTIONED)).json()
        options = {} if caller is None else caller.bearer
        return await court.doors.rest.request(method, f"/v1/broadcasts/{show['id']}{suffix}", json=body, **options)

    return attempt


def _in_room(method: str, path: str, body: object = None) -> Callable[[Court, Somebody | None], Answer]:
    return lambda court, caller: court.call(caller, method, path, body)


ALONE: dict[Permission, Callable[[Court, Somebody | None], Answer]] = {
    Permission.HAND_RAISE: _in_room("POST", "/hands"),
    Permission.MESSAGE_SEND: _in_room("POST", "/messages", {"text": "hello"}),
    Permission.MESSAGE_PIN: _pin,
    Permission.REACTION_SEND: _in_room("POST", "/reactions", {"reaction": "👏"}),
    Permission.CUSTOM_SEND: _in_room("POST", "/custom", {"type": "cue"}),
    Permission.STATE_SET: _in_room("PUT", "/state/key", {"value": 1}),
    Permission.POLL_CREATE: _in_room("POST", "/polls", _POLL),
    Permission.POLL_START: _polled("start"),
    Permission.POLL_STOP: _polled("stop", "start"),
    Permission.POLL_VOTE: _polled("vote", "start"),
    Permission.BROADCAST_START: _in_room("POST", "/broadcasts"),
    Permission.BROADCAST_UPDATE: _broadcast("PATCH", "", {"title": "Another"}),
    Permission.BROADCAST_STOP: _broadcast("POST", "/stop"),
    Permission.METADATA_SEND: _broadcast("POST", "/metadata", {"payload": "x"}),
    Permission.CAPTION_SEND: _broadcast("POST", "/captions", {"language": "en", "cues": [{"text": "Hello"}]}),
    Permission.MEDIA_PLAY: _in_room("GET", "/media"),
    Permission.ROOM_UPDATE: _in_room("PATCH", "", {"title": "Another"}),
    Permission.ROOM_END: _in_room("POST", "/end"),
}
TO_MANY: dict[Permission, Callable[[Court, Somebody | None], Answer]] = {
    Permission.PARTICIPANT_LIST: _in_room("GET", "/participants"),
    Permission.PARTICIPANT_MUTE: _in_room("POST", "/mute"),
    Permission.PARTICIPANT_BAN: _in_room("POST", "/bans", {"identity": "somebody-else"}),
    Permission.HAND_LOWER: _in_room("DELETE", "/hands"),
}


@pytest.mark.parametrize("permission", DONE, ids=lambda one: one.value)
async def test_what_is_done_to_nobody(doors: ServedHouse, permission: Permission) -> None:
    assert await asked_of_all(doors, permission, ALONE[permission]) == [OUTCOMES[one] for one in DONE[permission]]


@pytest.mark.parametrize("permission", DONE_TO_MANY, ids=lambda one: one.value)
async def test_what_is_done_to_many(doors: ServedHouse, permission: Permission) -> None:
    expected = [OUTCOMES[one] for one in DONE_TO_MANY[permission]]
    assert await asked_of_all(doors, permission, TO_MANY[permission]) == expected


async def asked_of_all(
    doors: ServedHouse, permission: Permission, attempt: Callable[[Court, Somebody | None], Answer]
) -> list[str]:
    """The outcome for each kind of caller."""
    await hold_court(doors)
    doors.house.ctx.max_broadcasts = len(CALLERS)
    found = []
    for kind in CALLERS:
        court = await open_court(doors, kind.replace(" ", "-"))
        await court.enter("stage", 9)  # a server needs somebody to be there
        caller = await caller_of(court, kind, permission)
        found.append(outcome(await attempt(court, caller)))
    return found


GATEWAY_REQUESTS = {
    Permission.PARTICIPANT_SET_ROLE: {"role": "seat-9", "force": True},
    Permission.PARTICIPANT_REMOVE: {},
    Permission.PARTICIPANT_UPDATE: {"attributes": {"seat": "3"}},
}


@pytest.mark.parametrize("permission", GATEWAY_REQUESTS, ids=lambda one: one.value)
async def test_the_gateway_asks_the_same_table(doors: ServedHouse, permission: Permission) -> None:
    await hold_court(doors)
    cells = dict(zip(CALLERS, DONE_TO_OTHERS[permission].split(), strict=True))
    for kind in CALLERS[1:]:
        court = await open_court(doors, kind.replace(" ", "-"))
        caller = await caller_of(court, kind, permission)
        assert caller is not None
        async with doors.client(caller.token) as client:
            await client.first()
            for to, letter in zip(TARGETS[1:], cells[kind][1:], strict=True):
                target = await target_of(court, to, permission)
                data = GATEWAY_REQUESTS[permission] | {"participant": target.id}
                reply = await client.request(permission.value, **data)
                found = "ok" if reply["ok"] else reply["error"]["code"]
                assert (kind, to, found) == (kind, to, OUTCOMES[letter])
