"""What a token says about the coming in, and the going."""

from datetime import timedelta
from typing import Any

import pytest

from onstage.actions import presence
from onstage.clock import rfc3339
from onstage.model.permission import Permission
from onstage.model.records import Participant, Presence
from onstage.model.role import Source
from onstage.store import participants, sessions
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem
from tests.support.tampering import token_of
from tests.support.tokens import ROOM, join, minted, offline


async def test_a_token_sets_how_somebody_comes_in(doors: ServedHouse) -> None:
    given = {"permissions": ["message.pin"], "metadata": {"seat": 7}, "attributes": {"team": "red"}, "name": "Gus"}
    muted = {"media_allowed": "audio-only", "join_audio_muted": True, "join_video_muted": True}
    token = (await minted(doors, **given, **muted))["token"]
    joined = (await join(doors, token)).json()["participant"]
    assert {name: joined[name] for name in ("name", "metadata", "attributes")} == {
        name: given[name] for name in ("name", "metadata", "attributes")
    }
    assert "message.pin" in joined["permissions"]
    participant = await _participant(doors, "gus")
    assert participant.sources == {Source.MICROPHONE, Source.SCREEN_SHARE_AUDIO}
    assert (participant.is_audio_muted_on_join, participant.is_video_muted_on_join) == (True, True)
    assert participant.extra_permissions == {Permission.MESSAGE_PIN}


async def _participant(doors: ServedHouse, identity: str) -> Participant:
    async with doors.house.ctx.database.read() as tx:
        session = await sessions.open_of(tx, doors.house.room.id)
        assert session is not None
        found = await participants.of_identity(tx, session.id, identity)
    assert found is not None
    return found


async def test_a_token_opens_and_closes(doors: ServedHouse) -> None:
    now = doors.house.clock.now()
    window = {"join_from": rfc3339(now + timedelta(seconds=60)), "join_until": rfc3339(now + timedelta(seconds=65))}
    token = (await minted(doors, **window))["token"]
    early = problem(await join(doors, token))
    assert early["code"] == "join_too_early"
    assert 59 <= early["retry_after_s"] <= 61
    await doors.house.clock.advance(60)
    assert (await join(doors, token)).status_code == 200
    late = (await minted(doors, "late", join_until=rfc3339(now + timedelta(seconds=65))))["token"]
    await doors.house.clock.advance(5)
    assert code(await join(doors, late)) == "join_too_late"
    assert (await join(doors, token)).status_code == 200, "who is there, is there"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"join_until": "2020-01-01T00:00:00Z"}, "join_until"),
        ({"remove_at": "2020-01-01T00:00:00Z"}, "remove_at"),
        ({"join_from": "2030-01-02T00:00:00Z", "join_until": "2030-01-01T00:00:00Z"}, "join_from"),
        ({"join_from": "soon"}, "join_from"),
        ({"remove_after_s": 0}, "remove_after_s"),
        ({"attributes": {"a": 1}}, "attributes.a"),
        ({"attributes": {"a": "x" * 1_025}}, "attributes.a"),
        ({"metadata": {"a": "x" * 9_000}}, "metadata"),
        ({"ttl_s": 91 * 86_400}, "ttl_s"),
        ({"auto_create": {"colour": "red"}}, "auto_create.colour"),
    ],
)
async def test_a_wrong_token_is_malformed(doors: ServedHouse, body: dict[str, Any], path: str) -> None:
    found = problem(await doors.rest.post(f"{ROOM}/tokens", json={"identity": "x", "role": "viewer"} | body))
    assert (found["code"], found["errors"][0]["path"]) == ("malformed", path)


async def test_who_is_to_be_removed_is_removed_when_it_is_due(doors: ServedHouse) -> None:
    house = doors.house
    at = rfc3339(house.clock.now() + timedelta(seconds=10))
    tokens = [(await minted(doors, "gus", remove_at=at))["token"]]
    tokens.append((await minted(doors, "gil", remove_after_s=5, remove_at=at))["token"])
    async with doors.client(tokens[0]) as early:
        assert await early.bye() == "session_ended", "nobody has joined"
    for token in (await house.token("host", "host"), *tokens):  # the host, so that the session goes on
        await join(doors, token)
    async with doors.client(tokens[0]) as gus, doors.client(tokens[1]) as gil:
        await gus.first()
        await gil.first()
        await house.clock.advance(4)
        await presence.remove_due(house.ctx)
        assert (await _participant(doors, "gil")).presence is Presence.JOINED
        await house.clock.advance(1)
        await presence.remove_due(house.ctx)
        assert await gil.bye() == "participant_removed"
        assert (await _participant(doors, "gus")).presence is Presence.JOINED
        await house.clock.advance(5)
        await presence.remove_due(house.ctx)
        assert await gus.bye() == "participant_removed"
    assert (await house.names()).count("participant.removed") == 2
    for token in tokens:
        assert code(await join(doors, token)) == "participant_removed"


@pytest.mark.parametrize("jti", [{}, {"jti": "x"}], ids=["without jti", "with one"])
async def test_another_token_moves_the_removal_whichever_door_sees_it_first(
    doors: ServedHouse, jti: dict[str, str]
) -> None:
    house = doors.house
    first = token_of(offline(doors, role="guest", sub="gus"), house.secret)
    second = token_of(offline(doors, role="guest", sub="gus", remove_after_s=5, **jti), house.secret)
    await join(doors, first)
    async with doors.client(second) as gus:
        await gus.first()
        due = house.clock.now() + timedelta(seconds=5)
        assert (await _participant(doors, "gus")).removes_at == due
        await house.clock.advance(1)
        await join(doors, second)
        assert (await _participant(doors, "gus")).removes_at == due, "the same token is no other word"
    await join(doors, first)
    assert (await _participant(doors, "gus")).removes_at is None


async def test_a_removal_that_is_due_is_not_escaped_by_leaving(doors: ServedHouse) -> None:
    house = doors.house
    await house.join("host", "host")  # so that the session goes on
    token = (await minted(doors, remove_after_s=5))["token"]
    await join(doors, token)
    await presence.leave_room(house.ctx, house.caller(await _participant(doors, "gus")))
    await house.clock.advance(5)
    assert code(await join(doors, token)) == "participant_removed"
    longer = (await minted(doors, remove_after_s=600))["token"]
    assert (await join(doors, longer)).status_code == 200, "another token is another word"


async def test_within_a_session_a_later_token_changes_only_when_its_holder_goes(doors: ServedHouse) -> None:
    now = doors.house.clock.now()
    first = (await join(doors, (await minted(doors, "gus", "viewer", name="Gus"))["token"])).json()["participant"]
    more = {"name": "Dr Gus", "metadata": {"a": 1}, "join_from": rfc3339(now + timedelta(hours=1))}
    later = (await minted(doors, "gus", "host", **more, remove_at=rfc3339(now + timedelta(hours=2))))["token"]
    again = await join(doors, later)
    assert again.status_code == 200, "who is there comes in whenever they like"
    assert again.json()["participant"] == first
    house = doors.house
    await presence.leave_room(house.ctx, house.caller(await _participant(doors, "gus")))
    assert code(await join(doors, later)) == "join_too_early"
