"""Sessions and their history: who was where for how long, the most at once; every sum here is made by hand."""

from datetime import timedelta

from onstage.actions import presence, promotion, rooms
from onstage.actions.access import ServerCaller
from onstage.actions.history import SessionHistory, read_session, read_session_participants, read_sessions
from onstage.actions.messages import send_message
from onstage.actions.projects import create_project
from onstage.actions.rooms import RoomChange
from onstage.errors import ErrorCode
from onstage.model.filters import SessionFilter
from onstage.model.records import Counts, EndReason, Participant, Session
from onstage.model.role import Level
from onstage.store.stretches import Stay
from tests.support.clock import EPOCH
from tests.support.house import House
from tests.support.refusals import refused

ALL = SessionFilter()


async def listed(house: House, which: SessionFilter = ALL, **page: object) -> list[Session]:
    after, limit = page.get("after"), page.get("limit", 50)
    assert after is None or isinstance(after, str)
    assert isinstance(limit, int)
    return await read_sessions(house.ctx, house.server, which, after=after, limit=limit)


async def history(house: House, participant: Participant) -> SessionHistory:
    return await read_session(house.ctx, house.server, participant.session_id)


async def people(house: House, participant: Participant) -> dict[str, tuple[Participant, Stay]]:
    found = await read_session_participants(house.ctx, house.server, participant.session_id, after=None, limit=50)
    return {one.identity: (one, stay) for one, stay in found}


def ms(stage_s: float = 0, audience_s: float = 0, viewer_s: float = 0) -> dict[Level, int]:
    return {
        Level.STAGE: round(stage_s * 1_000),
        Level.AUDIENCE: round(audience_s * 1_000),
        Level.VIEWER: round(viewer_s * 1_000),
    }


async def test_minutes_are_counted_at_the_level_people_had_at_the_time(house: House) -> None:
    anna = await house.join("anna", "host")  # 0 s; a second passes after each
    vic = await house.join("vic", "viewer")  # 1 s
    await house.clock.advance(60)
    await house.promoted(vic)  # 62 s
    await house.clock.advance(60)
    await promotion.demote(house.ctx, house.server, "show", "vic", None)  # 122 s
    await house.clock.advance(60)
    await house.gone(anna)  # 182 s
    await house.clock.advance(60.5)
    await house.gone(vic)  # 242.5 s
    await house.clock.advance(1_000)

    found = await history(house, anna)
    # On stage anna 182 s and vic 60 s; vic in the seats 61 s and 120.5 s.
    assert found.ms == ms(stage_s=242, viewer_s=181.5)
    assert (found.participants, found.messages) == (2, 0)
    session = found.session
    assert session.ended_at == EPOCH + timedelta(seconds=242.5)
    assert session.end_reason == EndReason.EMPTY
    assert (session.peaks, session.peak_total) == (Counts(stage=2, viewer=1), 2)

    who = await people(house, anna)
    assert who["anna"][1] == Stay(EPOCH, ms(stage_s=182))
    assert who["vic"][1] == Stay(EPOCH + timedelta(seconds=1), ms(stage_s=60, viewer_s=181.5))
    assert (who["vic"][0].role, who["vic"][0].left_at) == ("viewer", EPOCH + timedelta(seconds=242.5))


async def test_time_away_is_not_counted_and_the_first_coming_is_kept(house: House) -> None:
    anna = await house.join("anna", "host")
    amy = await house.join("amy", "audience")  # 1 s
    await house.clock.advance(8)
    await house.gone(amy)  # 10 s
    await house.clock.advance(100)
    await house.join("amy", "audience")  # 110 s
    await house.clock.advance(4)  # 115 s
    assert (await people(house, anna))["amy"][1] == Stay(EPOCH + timedelta(seconds=1), ms(audience_s=9 + 5))
    assert (await history(house, anna)).ms == ms(stage_s=115, audience_s=14)


async def test_who_is_removed_is_counted_until_then_and_the_last_ends_the_session(house: House) -> None:
    vic = await house.join("vic", "viewer")
    await house.clock.advance(29)
    await presence.remove(house.ctx, house.server, "show", "vic")  # 30 s
    await house.clock.advance(10)
    found = await history(house, vic)
    assert found.ms == ms(viewer_s=30)
    assert found.session.end_reason == EndReason.EMPTY


async def test_an_end_closes_everybodys_time(house: House) -> None:
    anna = await house.join("anna", "host")
    await house.join("amy", "audience")  # 1 s
    await house.join("vic", "viewer")  # 2 s
    await house.clock.advance(57)
    await rooms.end_room(house.ctx, house.server, "show", reason="that was it", lock=False)  # 60 s
    await house.clock.advance(500)
    found = await history(house, anna)
    assert found.ms == ms(stage_s=60, audience_s=59, viewer_s=58)
    assert found.session.end_reason == "that was it"


async def test_an_open_session_is_counted_up_to_now(house: House) -> None:
    anna = await house.join("anna", "host")
    await house.clock.advance(9)
    assert (await history(house, anna)).ms == ms(stage_s=10)
    await house.clock.advance(5)
    assert (await history(house, anna)).ms == ms(stage_s=15)


async def test_another_role_of_the_same_level_goes_on_with_the_same_time(house: House) -> None:
    anna = await house.join("anna", "guest")
    await house.clock.advance(9)
    force = promotion.PromotionRequest(force=True)
    await promotion.set_role(house.ctx, house.server, "show", "anna", "host", force)
    await house.clock.advance(10)
    assert (await people(house, anna))["anna"][1].ms == ms(stage_s=20)
    assert (await history(house, anna)).session.peaks == Counts(stage=1)


async def test_peaks_are_the_most_at_each_level_and_the_total_the_most_at_one_moment(house: House) -> None:
    anna = await house.join("anna", "host")
    viewers = [await house.join(f"vic-{number}", "viewer") for number in range(3)]
    for one in viewers:
        await house.gone(one)
    for number in range(2):
        await house.join(f"amy-{number}", "audience")
    session = (await history(house, anna)).session
    assert session.peaks == Counts(stage=1, audience=2, viewer=3)
    assert session.peak_total == 4  # anna and the three viewers; anna and two of the audience were fewer


async def test_messages_are_counted(house: House) -> None:
    anna = await house.join("anna", "host")
    for text in ("one", "two"):
        await send_message(house.ctx, house.caller(anna), "show", text)
    assert (await history(house, anna)).messages == 2


async def test_sessions_are_listed_newest_first_page_by_page(house: House) -> None:
    made = []
    for number in range(5):
        anna = await house.join(f"anna-{number}", "host")
        made.append(anna.session_id)
        await house.gone(anna)
    first = await listed(house, limit=3)
    rest = await listed(house, after=first[-1].id, limit=3)
    assert [one.id for one in first + rest] == made[::-1]


async def test_sessions_of_one_moment_are_all_listed(house: House) -> None:
    for name in ("one", "two", "three"):
        await house.another_room(name)
        await presence.join(house.ctx, await house.token("anna", "host", room=name))
    seen: list[str] = []
    while page := await listed(house, after=seen[-1] if seen else None, limit=1):
        seen += [one.id for one in page]
    assert len(set(seen)) == len(seen) == 3


async def test_sessions_are_found_by_room_state_and_time(house: House) -> None:
    await house.another_room("other")
    over = await house.join("anna", "host", room="other")  # 0 s
    await house.gone(over)
    still = await house.join("anna", "host")  # 1 s

    async def found(which: SessionFilter) -> list[str]:
        return [one.id for one in await listed(house, which)]

    assert await found(SessionFilter(room="other")) == [over.session_id]
    assert await found(SessionFilter(room=house.room.id)) == [still.session_id]
    assert await found(SessionFilter(room="no such")) == []
    assert await found(SessionFilter(is_open=True)) == [still.session_id]
    assert await found(SessionFilter(is_open=False)) == [over.session_id]
    second = EPOCH + timedelta(seconds=1)
    assert await found(SessionFilter(started_after=second)) == [still.session_id]
    assert await found(SessionFilter(started_before=second)) == [over.session_id]


async def test_a_room_is_found_by_the_name_it_had_and_the_name_it_has(house: House) -> None:
    anna = await house.join("anna", "host")
    await rooms.update_room(house.ctx, house.server, "show", RoomChange(name="tonight"))
    for name in ("show", "tonight"):
        assert [one.id for one in await listed(house, SessionFilter(room=name))] == [anna.session_id]


async def test_history_outlives_the_room(house: House) -> None:
    anna = await house.join("anna", "host")
    await house.clock.advance(9)
    await rooms.delete_room(house.ctx, house.server, "show", end=True)
    found = await history(house, anna)
    assert (found.session.room_name, found.session.room_id) == ("show", house.room.id)
    assert (found.session.end_reason, found.ms) == (EndReason.DELETED, ms(stage_s=10))
    assert [one.id for one in await listed(house, SessionFilter(room="show"))] == [anna.session_id]
    assert list(await people(house, anna)) == ["anna"]


async def test_history_is_for_the_projects_server_only(house: House) -> None:
    anna = await house.join("anna", "host")
    stranger, _ = await create_project(house.ctx, "stranger")
    asked = read_session(house.ctx, ServerCaller(stranger.id), anna.session_id)
    assert await refused(asked) is ErrorCode.SESSION_NOT_FOUND
    assert await read_sessions(house.ctx, ServerCaller(stranger.id), ALL, after=None, limit=5) == []
    mine = read_session(house.ctx, house.caller(anna), anna.session_id)
    assert await refused(mine) is ErrorCode.PERMISSION_DENIED
    listing = read_sessions(house.ctx, house.caller(anna), ALL, after=None, limit=5)
    assert await refused(listing) is ErrorCode.PERMISSION_DENIED


async def test_people_of_a_session_are_paged(house: House) -> None:
    joined = [await house.join(name, "viewer") for name in ("vic", "wim", "xia")]
    seen: list[str] = []
    while True:
        after = seen[-1] if seen else None
        session_id = joined[0].session_id
        page = await read_session_participants(house.ctx, house.server, session_id, after=after, limit=2)
        if not page:
            break
        seen += [one.id for one, _ in page]
    assert sorted(one.id for one in joined) == seen
