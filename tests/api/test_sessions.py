"""The history of sessions over REST."""

from onstage.actions import presence
from tests.support.gateway import Json, ServedHouse
from tests.support.problems import code


async def one_over_and_one_open(doors: ServedHouse) -> tuple[Json, Json]:
    """One of 12 s with a host for all of it and a viewer for its last half; and one that has just begun."""
    house = doors.house
    await house.join("anna", "host")  # 0 s; a second passes after each
    await house.clock.advance(5)
    await house.join("vic", "viewer")  # 6 s
    await doors.rest.post("/v1/rooms/show/messages", json={"text": "hello"})
    await house.clock.advance(5)
    await doors.rest.post("/v1/rooms/show/end", json={"reason": "that was it"})  # 12 s
    await house.join("anna", "host")
    listed = (await doors.rest.get("/v1/sessions")).json()["data"]
    assert len(listed) == 2
    return listed[1], listed[0]


async def test_sessions_are_listed_and_read(doors: ServedHouse) -> None:
    over, still = await one_over_and_one_open(doors)
    assert over == {
        "id": over["id"],
        "room_id": doors.house.room.id,
        "room_name": "show",
        "started_at": "2026-01-01T00:00:00.000Z",
        "ends_at": None,
        "ended_at": "2026-01-01T00:00:12.000Z",
        "end_reason": "that was it",
        "duration_s": 12.0,
        "peaks": {"stage": 1, "audience": 0, "viewer": 1, "total": 2},
    }
    assert (still["ended_at"], still["duration_s"]) == (None, 1.0)
    details = (await doors.rest.get(f"/v1/sessions/{over['id']}")).json()
    assert details == over | {
        "participants": 2,
        "minutes": {"stage": 0.2, "audience": 0.0, "viewer": 0.1},
        "messages": 1,
    }


async def test_the_people_of_a_session_are_listed_page_by_page(doors: ServedHouse) -> None:
    over, _ = await one_over_and_one_open(doors)
    where = f"/v1/sessions/{over['id']}/participants"
    first = (await doors.rest.get(where, params={"limit": 1})).json()
    rest = (await doors.rest.get(where, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert rest["next_cursor"] is None
    found = {one["identity"]: one for one in first["data"] + rest["data"]}
    vic = found["vic"]
    assert vic == {
        "id": vic["id"],
        "identity": "vic",
        "name": "Vic",
        "role": "viewer",
        "level": "viewer",
        "presence": "left",
        "joined_at": "2026-01-01T00:00:06.000Z",
        "left_at": "2026-01-01T00:00:12.000Z",
        "duration_s": 6.0,
        "seconds": {"stage": 0.0, "audience": 0.0, "viewer": 6.0},
    }
    assert found["anna"]["seconds"] == {"stage": 12.0, "audience": 0.0, "viewer": 0.0}


async def test_sessions_are_filtered_and_paged(doors: ServedHouse) -> None:
    over, still = await one_over_and_one_open(doors)

    async def found(**params: str) -> list[str]:
        return [one["id"] for one in (await doors.rest.get("/v1/sessions", params=params)).json()["data"]]

    assert await found(active="true") == [still["id"]]
    assert await found(active="false", room="show") == [over["id"]]
    assert await found(room="no-such-room") == []
    assert await found(after="2026-01-01T00:00:10Z") == [still["id"]]
    assert await found(before="2026-01-01T02:00:10+02:00") == [over["id"]]
    first = (await doors.rest.get("/v1/sessions", params={"limit": 1})).json()
    assert first["next_cursor"] == still["id"]
    assert await found(limit="1", cursor=first["next_cursor"]) == [over["id"]]
    assert code(await doors.rest.get("/v1/sessions", params={"after": "yesterday"})) == "malformed"


async def test_history_stays_when_the_room_is_gone(doors: ServedHouse) -> None:
    over, _ = await one_over_and_one_open(doors)
    assert (await doors.rest.delete("/v1/rooms/show", params={"end": "true"})).status_code == 204
    assert (await doors.rest.get(f"/v1/sessions/{over['id']}")).json()["room_name"] == "show"
    listed = (await doors.rest.get("/v1/sessions", params={"room": doors.house.room.id})).json()["data"]
    assert [one["end_reason"] for one in listed] == ["deleted", "that was it"]


async def test_a_session_that_is_none_and_a_caller_who_is_no_server_are_refused(doors: ServedHouse) -> None:
    assert code(await doors.rest.get("/v1/sessions/ses_nobody")) == "session_not_found"
    assert code(await doors.rest.get("/v1/sessions/ses_nobody/participants")) == "session_not_found"
    token = await doors.house.token("anna", "host")
    _, anna = await presence.join(doors.house.ctx, token)
    bearer = {"Authorization": f"Bearer {token}"}
    for path in ("", f"/{anna.session_id}", f"/{anna.session_id}/participants"):
        answer = await doors.rest.get(f"/v1/sessions{path}", headers=bearer, auth=None)
        assert code(answer) == "permission_denied"
