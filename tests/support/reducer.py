"""What a client makes of events: the same rules as web/sdk/src/reduce.ts, written down a second time (invariant 3)."""

from collections.abc import Callable
from typing import Any

from onstage.actions.snapshot import MESSAGES_KEPT
from tests.support.reduce_polls import reduce_shared

Json = dict[str, Any]


def reduce(snapshot: Json, name: str, data: Json) -> Json:
    """The snapshot after one event."""
    noun, fact = name.split(".")
    match noun, fact:
        case "participant", "left" | "removed":
            return _without_participant(snapshot, data["participant"])
        case "participant", _:
            return _with_participant(snapshot, data["participant"])
        case "hand", "raised":
            return _with_hand(snapshot, data["participant"])
        case "hand", "lowered":
            next_ = _with_participant(snapshot, data["participant"])
            return next_ | {"hands": _but(next_["hands"], data["participant"])}
        case "track", _:
            return _with_track(snapshot, fact, data)
        case "invite", "created":
            invites = [*_but(snapshot["invites"], data["invite"]), data["invite"]]
            return snapshot | {"invites": sorted(invites, key=_by("created_at"))}
        case "invite", _:
            return snapshot | {"invites": _but(snapshot["invites"], data["invite"])}
        case "message", _:
            return _with_message(snapshot, fact, data["message"])
        case "audience", "counted":
            return snapshot | {"counts": data["counts"]}
        case ("speakers", "changed") | ("reaction", "counted") | ("custom", "sent"):
            return snapshot
        case _:
            return _with_noun(snapshot, name, data)


def _with_noun(snapshot: Json, name: str, data: Json) -> Json:
    noun = name.partition(".")[0]
    match noun:
        case "broadcast" | "output":
            return _with_broadcast(snapshot, data["broadcast"])
        case "recording":  # that a show is recorded is told by its outputs
            return snapshot
        case "room" | "session":
            return snapshot | {noun: data[noun]}
        case _:
            return reduce_shared(snapshot, name, data)


def _with_broadcast(snapshot: Json, broadcast: Json) -> Json:
    """Running ones, newest first; the first of them is what is shown, or the one that has just ended."""
    is_known = broadcast["id"] in [one["id"] for one in snapshot["broadcasts"]]
    known = snapshot["broadcasts"] if is_known else [broadcast, *snapshot["broadcasts"]]
    now = [broadcast if one["id"] == broadcast["id"] else one for one in known]
    running = [one for one in now if one["status"] in ("starting", "live", "stopping")]
    return snapshot | {"broadcasts": running, "broadcast": running[0] if running else broadcast}


def _by(moment: str) -> Callable[[Json], tuple[str, str]]:
    return lambda one: (one[moment], one["id"])


def _but(things: list[Json], gone: Json) -> list[Json]:
    return [one for one in things if one["id"] != gone["id"]]


def _me(snapshot: Json, participant: Json) -> Json:
    return participant if snapshot["me"]["id"] == participant["id"] else snapshot["me"]


def _with_participant(snapshot: Json, participant: Json) -> Json:
    if _me(snapshot, participant)["role"] != snapshot["me"]["role"]:
        snapshot = snapshot | {"messages": [one for one in snapshot["messages"] if not _is_to_role(snapshot, one)]}
    listed = _but(snapshot["participants"], participant)
    if participant["level"] != "viewer":
        listed = sorted([*listed, participant], key=_by("joined_at"))
    hands = [participant if one["id"] == participant["id"] else one for one in snapshot["hands"]]
    return snapshot | {"me": _me(snapshot, participant), "participants": listed, "hands": hands}


def _without_participant(snapshot: Json, participant: Json) -> Json:
    return snapshot | {
        "me": _me(snapshot, participant),
        "participants": _but(snapshot["participants"], participant),
        "hands": _but(snapshot["hands"], participant),
    }


def _with_hand(snapshot: Json, participant: Json) -> Json:
    next_ = _with_participant(snapshot, participant)
    hands = [*_but(next_["hands"], participant), participant]
    return next_ | {"hands": sorted(hands, key=_by("hand_raised_at"))}


def _with_track(snapshot: Json, fact: str, data: Json) -> Json:
    def apply(participant: Json) -> Json:
        if participant["id"] != data["participant_id"]:
            return participant
        tracks = [one for one in participant["tracks"] if one["sid"] != data["track"]["sid"]]
        if fact != "unpublished":
            tracks = sorted([*tracks, data["track"]], key=lambda one: one["sid"])
        return participant | {"tracks": tracks}

    return snapshot | {
        "me": apply(snapshot["me"]),
        "participants": [apply(one) for one in snapshot["participants"]],
        "hands": [apply(one) for one in snapshot["hands"]],
    }


def _is_to_role(snapshot: Json, message: Json) -> bool:
    """Whether it is read by one's role, and not because one sent it."""
    return bool(message["to_roles"]) and message["sender_id"] != snapshot["me"]["id"]


def _with_message(snapshot: Json, fact: str, message: Json) -> Json:
    known = [one["id"] for one in snapshot["messages"]]
    messages = snapshot["messages"]
    if fact == "sent" or message["id"] in known:
        messages = _in_order([*_but(messages, message), message])
        lasting = [one for one in messages if not _is_to_role(snapshot, one)]
        to_role = [one for one in messages if _is_to_role(snapshot, one)]
        messages = _in_order([*lasting[-MESSAGES_KEPT:], *to_role[-MESSAGES_KEPT:]])
    pinned = _but(snapshot["pinned"], message)
    if message["pinned"]:
        pinned = _in_order([*pinned, message])
    return snapshot | {"messages": messages, "pinned": pinned}


def _in_order(messages: list[Json]) -> list[Json]:
    return sorted(messages, key=lambda one: one["seq"])
