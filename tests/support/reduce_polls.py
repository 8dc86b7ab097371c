"""What a client makes of the events of polls, media and the session's state; part of reducer.py."""

from typing import Any

from onstage.actions.polls import STOPPED_KEPT

Json = dict[str, Any]


def reduce_shared(snapshot: Json, name: str, data: Json) -> Json:
    """The snapshot after an event of one of these nouns."""
    match name:
        case "state.changed":
            return with_entry(snapshot, data["entry"])
        case "poll.voted":
            return with_vote(snapshot, data["vote"])
        case "poll.counted":
            return with_result(snapshot, data["poll_id"], data["result"])
        case "poll.started" | "poll.stopped":
            return with_poll(snapshot, data["poll"])
        case "media.started" | "media.updated" | "media.ended":
            return with_playback(snapshot, data["playback"])
        case _:
            raise AssertionError(f"no client knows what to do with {name}")


def with_entry(snapshot: Json, entry: Json) -> Json:
    """A key was set, or deleted."""
    others = [one for one in snapshot["state"] if one["key"] != entry["key"]]
    kept = others if entry["value"] is None else [*others, entry]
    return snapshot | {"state": sorted(kept, key=lambda one: str(one["key"]))}


def with_playback(snapshot: Json, playback: Json) -> Json:
    """What plays is there, as long as it plays."""
    others = [one for one in snapshot["media"] if one["id"] != playback["id"]]
    kept = [*others, playback] if playback["status"] == "playing" else others
    return snapshot | {"media": sorted(kept, key=lambda one: (one["started_at"], one["id"]))}


def with_poll(snapshot: Json, poll: Json) -> Json:
    """A poll started or stopped; of the stopped ones only the last are kept."""
    known = [*(one for one in snapshot["polls"] if one["id"] != poll["id"]), poll]
    stopped = sorted(
        (one for one in known if one["status"] == "stopped"), key=lambda one: (one["stopped_at"], one["id"])
    )
    gone = {one["id"] for one in stopped[:-STOPPED_KEPT]}
    kept = [one for one in known if one["id"] not in gone]
    polls = sorted(kept, key=lambda one: (one["started_at"], one["id"]))
    return snapshot | {"polls": polls, "votes": _in_order_of(polls, snapshot["votes"])}


def with_result(snapshot: Json, poll_id: str, result: Json) -> Json:
    """Votes were counted."""
    polls = [one | {"result": result} if one["id"] == poll_id else one for one in snapshot["polls"]]
    return snapshot | {"polls": polls}


def with_vote(snapshot: Json, vote: Json) -> Json:
    """The participant has voted."""
    return snapshot | {"votes": _in_order_of(snapshot["polls"], [*snapshot["votes"], vote])}


def _in_order_of(polls: list[Json], votes: list[Json]) -> list[Json]:
    """The last vote in each of these polls, in their order."""
    by_poll = {one["poll_id"]: one for one in votes}
    return [by_poll[one["id"]] for one in polls if one["id"] in by_poll]
