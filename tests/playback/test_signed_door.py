"""Who gets through the door of a signed room, and what shuts it behind them."""

import asyncio
from datetime import timedelta

import jwt
import pytest

from onstage.actions import moderation, playback, presence
from onstage.actions.access import ParticipantCaller
from onstage.actions.bans import unban
from onstage.actions.context import Context
from onstage.actions.keys import NewKey, create_key, revoke_key
from onstage.actions.moderation import BanRequest
from onstage.actions.output_making import NewOutput
from onstage.actions.outputs import add_output
from onstage.actions.playback_policies import KnownPolicy, read_playback_policy
from onstage.actions.recordings import read_recordings
from onstage.actions.revoking import RevokedTokens, revoke_tokens
from onstage.actions.rooms import delete_room
from onstage.actions.tokens import NewToken, mint_token
from onstage.errors import OnstageError
from onstage.jobs.gatekeeper import GOOD_FOR_S
from onstage.model.outputs import OutputType
from tests.playback.venue import HOUR, Venue


async def test_a_public_room_plays_for_everybody_with_a_token_or_without(venue: Venue) -> None:
    for path in ("/live/", f"/live/~{await venue.token()}/", "/live/~any-old-text/"):
        assert await venue.code(path + venue.room_list) == "200"
        assert await venue.code(path + venue.media_list) == "200"


async def test_a_signed_room_plays_only_with_a_token_and_the_bytes_are_the_same(venue: Venue) -> None:
    public = [await venue.get("/live/" + path) for path in (venue.room_list, venue.media_list)]
    await venue.set(access="signed")
    for path, before in zip((venue.room_list, venue.media_list), public, strict=True):
        refused = await venue.get("/live/" + path)
        assert (refused.status_code, refused.json()["code"]) == (403, "playback_token_missing")
        assert refused.headers["cache-control"] == "no-store"
        for token in (await venue.token(), await venue.token()):
            assert (await venue.get(f"/live/~{token}/{path}")).content == before.content


async def test_what_a_signed_list_names_is_fetched_by_following_it(venue: Venue) -> None:
    await venue.set(access="signed")
    url = f"http://onstage.test/live/~{await venue.token()}/{venue.room_list}"
    for _ in range(2):  # the room's list, and a media playlist
        answer = await venue.show.client.get(url)
        assert answer.status_code == 200, url
        names = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
        url = str(answer.url.join(names[-1]))
    assert url.endswith("seg3.m4s")
    assert (await venue.show.client.get(url)).status_code == 200


async def test_access_changes_with_the_next_request_both_ways(venue: Venue) -> None:
    path = "/live/" + venue.media_list
    for access, code in (("signed", "playback_token_missing"), ("public", "200"), ("signed", "playback_token_missing")):
        await venue.set(access=access)
        assert await venue.code(path) == code


async def test_a_room_that_is_deleted_plays_no_more_and_what_was_recorded_there_does(venue: Venue) -> None:
    ctx, server, show = venue.house.ctx, venue.house.server, venue.window.broadcast_id
    await add_output(ctx, server, show, NewOutput(OutputType.RECORDING))
    [recording] = await read_recordings(ctx, server, room=None, after=None, limit=2)
    assert await venue.code("/live/" + venue.media_list) == "200"
    await delete_room(ctx, server, venue.house.room.id, end=True)
    for _ in range(2):
        assert await venue.code("/live/" + venue.media_list) == "broadcast_not_found"
        assert await venue.gatekeeper.rules_of(recording.id) is not None
        assert await venue.gatekeeper.rules_of(venue.house.room.id) is None


async def test_a_server_makes_and_takes_back_tokens_for_the_recordings_of_a_deleted_room(venue: Venue) -> None:
    ctx, server, room = venue.house.ctx, venue.house.server, venue.house.room
    await venue.set(access="signed")
    await add_output(ctx, server, venue.window.broadcast_id, NewOutput(OutputType.RECORDING))
    [recording] = await read_recordings(ctx, server, room=None, after=None, limit=2)
    empty = await venue.house.another_room("empty")
    for one in (room, empty):
        await delete_room(ctx, server, one.id, end=True)
    made, token = await venue.made()
    rules = await venue.gatekeeper.rules_of(recording.id)
    assert rules is not None
    assert rules.admit(token) is not None
    assert await playback.list_playback_tokens(ctx, server, room.id, after=None, limit=2) == [made]
    await revoke(venue, made.id)
    rules = await venue.gatekeeper.rules_of(recording.id)
    assert rules is not None
    with pytest.raises(OnstageError, match="playback_token_revoked"):
        rules.admit(token)
    for known_as in (empty.id, room.name):
        with pytest.raises(OnstageError, match="room_not_found"):
            await playback.create_playback_token(ctx, server, known_as, playback.NewPlaybackToken(timedelta(hours=1)))


async def test_a_token_ends_at_its_second(venue: Venue) -> None:
    await venue.set(access="signed")
    path = f"/live/~{await venue.token(ttl_s=60)}/{venue.media_list}"
    await venue.house.clock.advance(59.999)
    assert await venue.code(path) == "200"
    await venue.house.clock.advance(0.001)
    assert await venue.code(path) == "playback_token_expired"
    assert await venue.code(path) == "playback_token_expired"


async def test_a_reload_that_was_held_past_the_tokens_end_is_answered(venue: Venue) -> None:
    await venue.set(access="signed")
    path = f"/live/~{await venue.token(ttl_s=60)}/{venue.media_list}?_HLS_msn=4&_HLS_part=0"
    await venue.house.clock.advance(59)
    assert await venue.code(path.partition("?")[0]) == "200"
    reload = await venue.show.held(path)
    await venue.house.clock.advance(2)
    await venue.show.feed(1)
    assert (await reload).status_code == 200
    assert await venue.code(path) == "playback_token_expired"


async def test_a_reload_that_was_held_while_its_token_was_revoked_is_refused(venue: Venue) -> None:
    await venue.set(access="signed")
    made, token = await venue.made()
    reload = await venue.show.held(f"/live/~{token}/{venue.media_list}?_HLS_msn=4&_HLS_part=0")
    other = await venue.show.held(f"/live/~{await venue.token()}/{venue.media_list}?_HLS_msn=4&_HLS_part=0")
    await revoke(venue, made.id)
    await venue.show.feed(1)
    assert ((await reload).status_code, (await reload).json()["code"]) == (403, "playback_token_revoked")
    assert (await other).status_code == 200


async def revoke(venue: Venue, token_id: str) -> None:
    await playback.revoke_playback_token(venue.house.ctx, venue.house.server, venue.house.room.id, token_id)


async def test_a_revoked_token_is_refused_from_the_next_request_on_and_others_play(venue: Venue) -> None:
    await venue.set(access="signed")
    made, token = await venue.made(label="embedded")
    path, other = f"/live/~{token}/{venue.media_list}", f"/live/~{await venue.token()}/{venue.media_list}"
    assert await venue.code(path) == "200"
    for _ in range(2):
        await revoke(venue, made.id)
        assert await venue.code(path) == "playback_token_revoked"
        assert await venue.code(other) == "200"


async def test_who_joins_a_signed_room_gets_a_path_that_plays_until_it_expires(venue: Venue) -> None:
    await venue.set(access="signed", viewer_token_ttl_s=600)
    base = await venue.joined("vic")
    assert base.startswith("/live/~")
    assert "vic" not in base
    assert await venue.code(base + venue.room_list) == "200"
    await venue.house.clock.advance(600)
    assert await venue.code(base + venue.room_list) == "playback_token_expired"


async def test_a_token_ends_when_its_holder_is_to_be_removed(venue: Venue) -> None:
    await venue.set(access="signed")
    token = await venue.house.token("vic", "viewer", remove_after_s=60)
    room, vic = await presence.join(venue.house.ctx, token)
    assert (await playback.playback_of(venue.house.ctx, room, vic)).expires_at == vic.removes_at


@pytest.mark.parametrize("how", ["remove", "ban", "ban by identity", "ban who has left"])
async def test_who_is_shown_out_plays_no_more_and_others_do(venue: Venue, how: str) -> None:
    await venue.set(access="signed")
    house = venue.house
    await venue.joined("hanna", "host")
    vic, val = await venue.joined("vic"), await venue.joined("val")
    ctx, room = house.ctx, house.room.id
    match how:
        case "remove":
            await presence.remove(ctx, house.server, room, "vic")
        case "ban":
            await moderation.ban(ctx, house.server, room, "vic", BanRequest())
        case "ban by identity":
            await moderation.ban_identity(ctx, house.server, room, "vic", BanRequest())
        case _:
            await presence.leave_room(ctx, ParticipantCaller(house.project.id, room, "vic"))
            assert await venue.code(vic + venue.media_list) == "200"  # leaving takes nothing away
            await moderation.ban_identity(ctx, house.server, room, "vic", BanRequest())
    assert await venue.code(vic + venue.media_list) == "playback_token_revoked"
    assert await venue.code(val + venue.media_list) == "200"


async def test_who_is_let_in_again_plays_with_a_new_token_and_not_with_the_old(venue: Venue) -> None:
    await venue.set(access="signed")
    house = venue.house
    await venue.joined("hanna", "host")
    old = await venue.joined("vic")
    await presence.remove(house.ctx, house.server, house.room.id, "vic")
    await house.clock.advance(1)
    await unban(house.ctx, house.server, house.room.id, "vic")
    new = await venue.joined("vic")
    assert await venue.code(new + venue.media_list) == "200"
    assert await venue.code(old + venue.media_list) == "playback_token_revoked"


async def test_a_token_made_for_an_identity_goes_with_it(venue: Venue) -> None:
    await venue.set(access="signed")
    token = await venue.token(identity="vic@example.com")
    await revoke_tokens(venue.house.ctx, venue.house.server, None, RevokedTokens(None, "vic@example.com"))
    assert await venue.code(f"/live/~{token}/{venue.media_list}") == "playback_token_revoked"


async def test_revoking_the_token_somebody_joined_with_revokes_what_joining_gave(venue: Venue) -> None:
    await venue.set(access="signed")
    ctx, server = venue.house.ctx, venue.house.server
    minted = await mint_token(ctx, server, venue.house.room.id, NewToken("vic", "Vic", "viewer"))
    room, vic = await presence.join(ctx, minted.token)
    path = (await playback.playback_of(ctx, room, vic)).path
    assert await venue.code(path) == "200"
    await revoke_tokens(ctx, server, venue.house.room.id, RevokedTokens(minted.grant.token_id, None))
    assert await venue.code(path) == "playback_token_revoked"


async def test_a_revoked_key_takes_along_what_people_play_by_it(venue: Venue) -> None:
    await venue.set(access="signed")
    house = venue.house
    key, secret = await create_key(house.ctx, house.server, NewKey("one"))
    now = int(house.clock.now().timestamp())
    said = {"iss": house.project.id, "iat": now, "exp": now + HOUR, "sub": "vic", "role": "viewer", "room": "show"}
    room, vic = await presence.join(house.ctx, jwt.encode(said, secret, algorithm="HS256"))
    path = (await playback.playback_of(house.ctx, room, vic)).path
    assert await venue.code(path) == "200"
    await revoke_key(house.ctx, house.server, key.id)
    assert await venue.code(path) == "playback_token_revoked"


async def test_only_a_server_makes_lists_and_revokes_tokens(venue: Venue) -> None:
    house = venue.house
    host = house.caller(await house.join("hanna", "host"))
    new = playback.NewPlaybackToken(timedelta(hours=1))
    with pytest.raises(OnstageError, match="permission_denied"):
        await playback.create_playback_token(house.ctx, host, house.room.id, new)


async def test_tokens_are_listed_newest_first_and_forgotten_once_they_expired(venue: Venue) -> None:
    house, made = venue.house, []
    for label in ("one", "two", "three"):
        made.append((await venue.made(label=label, ttl_s=60))[0])
        await house.clock.advance(1)

    async def listed(after: str | None = None) -> list[str | None]:
        found = await playback.list_playback_tokens(house.ctx, house.server, house.room.id, after=after, limit=2)
        return [one.label for one in found]

    assert await listed() == ["three", "two"]
    assert await listed(made[1].id) == ["one"]
    await house.clock.advance(60)
    await playback.forget_playback(house.ctx)
    assert await listed() == []


async def test_many_who_ask_at_once_cost_one_look_into_the_store(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    async def look(ctx: Context, show: str) -> KnownPolicy | None:
        looks.append(show)
        return await read_playback_policy(ctx, show)

    monkeypatch.setattr("onstage.jobs.gatekeeper.read_playback_policy", look)
    path = "/live/" + venue.media_list
    for times in (1, 2):
        await venue.house.clock.advance(GOOD_FOR_S)
        assert {one.status_code for one in await asyncio.gather(*(venue.get(path) for _ in range(20)))} == {200}
        assert len(looks) == times


async def test_what_was_known_holds_on_while_the_store_is_away(venue: Venue) -> None:
    await venue.set(access="signed")
    path, good = "/live/" + venue.media_list, f"/live/~{await venue.token()}/{venue.media_list}"
    assert await venue.code(good) == "200"
    await venue.house.clock.advance(GOOD_FOR_S)
    async with venue.house.store.away(venue.house.ctx.database):
        assert await venue.code(good) == "200"
        assert await venue.code(path) == "playback_token_missing"


async def test_nothing_known_and_no_store_lets_nobody_in(venue: Venue) -> None:
    async with venue.house.store.away(venue.house.ctx.database):
        assert await venue.code("/live/" + venue.media_list) == "store_unavailable"
