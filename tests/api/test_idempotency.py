"""`Idempotency-Key`: the same key again gets the first answer, and nothing happens twice."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from onstage.actions import idempotency
from onstage.actions.authentication import authenticate_project
from onstage.actions.idempotency import ABANDONED_AFTER, KEPT_FOR
from onstage.store.tables import idempotency_keys
from tests.support.gateway import ServedHouse
from tests.support.problems import code

KEY = {"Idempotency-Key": "key-1"}


async def test_the_same_request_again_gets_the_first_answer(doors: ServedHouse) -> None:
    first = await doors.rest.post("/v1/rooms", json={"name": "talk"}, headers=KEY)
    again = await doors.rest.post("/v1/rooms", json={"name": "talk"}, headers=KEY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers


async def test_the_key_for_another_request_is_a_conflict(doors: ServedHouse) -> None:
    await doors.rest.post("/v1/rooms", json={"name": "talk"}, headers=KEY)
    assert code(await doors.rest.post("/v1/rooms", json={"name": "x"}, headers=KEY)) == "idempotency_conflict"
    assert code(await doors.rest.post("/v1/rooms/show/end", json={"name": "talk"}, headers=KEY)) == (
        "idempotency_conflict"
    )


async def test_of_many_at_once_one_does_it_and_none_gets_another_answer(doors: ServedHouse) -> None:
    await doors.house.join("vic", "viewer")
    path, body = "/v1/rooms/show/participants/vic/promote", {"force": True}
    answers = await asyncio.gather(*(doors.rest.post(path, json=body, headers=KEY) for _ in range(8)))
    assert (await doors.house.names()).count("participant.promoted") == 1
    done = [one for one in answers if one.status_code == 200]
    assert done
    assert all(one.json() == done[0].json() for one in done)
    for one in answers:
        if one not in done:
            assert (code(one), one.json()["retry_after_s"]) == ("idempotency_in_progress", 1)


async def test_a_failed_request_may_be_tried_again_under_its_key(doors: ServedHouse) -> None:
    path = "/v1/rooms/show/participants/vic/promote"
    assert code(await doors.rest.post(path, json={}, headers=KEY)) == "session_ended"
    await doors.house.join("vic", "viewer")
    assert (await doors.rest.post(path, json={}, headers=KEY)).status_code == 202


async def test_a_key_belongs_to_its_caller(doors: ServedHouse) -> None:
    tokens = [await doors.token(name, "viewer") for name in ("vic", "wim")]
    for token in tokens:
        headers = KEY | {"Authorization": f"Bearer {token}"}
        answer = await doors.rest.post("/v1/rooms/show/hands", auth=None, headers=headers)
        assert "idempotent-replayed" not in answer.headers
    assert (await doors.house.names()).count("hand.raised") == 2


async def test_a_key_that_is_too_long_or_empty_is_malformed(doors: ServedHouse) -> None:
    for key in ("", "x" * 201):
        answer = await doors.rest.post("/v1/rooms", json={"name": "x"}, headers={"Idempotency-Key": key})
        assert code(answer) == "malformed"


async def test_keys_are_forgotten_after_a_day(doors: ServedHouse) -> None:
    await doors.rest.post("/v1/rooms", json={"name": "talk"}, headers=KEY)
    await doors.house.clock.advance(KEPT_FOR.total_seconds() + 1)
    await idempotency.forget_old(doors.house.ctx)
    assert code(await doors.rest.post("/v1/rooms", json={"name": "talk"}, headers=KEY)) == "room_name_taken"


async def test_reading_needs_no_key_and_takes_none(doors: ServedHouse) -> None:
    first = await doors.rest.get("/v1/rooms", headers=KEY)
    assert first.status_code == 200
    assert (await doors.rest.post("/v1/rooms", json={"name": "x"}, headers=KEY)).status_code == 201


async def test_a_key_whose_server_died_is_free_again_after_a_while(doors: ServedHouse) -> None:
    ctx = doors.house.ctx
    house = doors.house
    scope = idempotency.scope_of(await authenticate_project(ctx, house.project.id, house.secret, None))
    await idempotency.reserve(ctx, scope, "key-1", "what the dead server was asked")
    assert code(await doors.rest.post("/v1/rooms", json={"name": "talk"}, headers=KEY)) == "idempotency_conflict"
    await doors.house.clock.advance((ABANDONED_AFTER + timedelta(seconds=1)).total_seconds())
    assert (await doors.rest.post("/v1/rooms", json={"name": "talk"}, headers=KEY)).status_code == 201


async def test_strangers_with_one_key_do_not_share_what_a_join_answers(doors: ServedHouse) -> None:
    made = await doors.rest.post("/v1/rooms/show/codes", json={"role": "viewer"})
    body = {"code": made.json()["code"], "name": "Sam"}
    first = await doors.rest.post("/v1/join", json=body, auth=None, headers=KEY)
    second = await doors.rest.post("/v1/join", json=body, auth=None, headers=KEY)
    assert first.json()["participant"]["id"] != second.json()["participant"]["id"]
    assert first.json()["token"] != second.json()["token"]


async def test_a_key_without_credentials_writes_nothing(doors: ServedHouse) -> None:
    answer = await doors.rest.post("/v1/rooms", json={"name": "talk"}, auth=None, headers=KEY)
    assert code(answer) == "credentials_missing"
    assert (await doors.rest.post("/v1/rooms", json={"name": "talk"}, headers=KEY)).status_code == 201


async def test_a_secret_is_told_again_and_kept_sealed(doors: ServedHouse) -> None:
    first = await doors.rest.post("/v1/keys", json={"name": "signing"}, headers=KEY)
    again = await doors.rest.post("/v1/keys", json={"name": "signing"}, headers=KEY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert len((await doors.rest.get("/v1/keys")).json()["data"]) == 2
    async with doors.house.ctx.database.read() as tx:
        kept = str((await tx.connection.execute(select(idempotency_keys.c.body))).scalar_one())
    assert first.json()["secret"] not in kept
    assert "signing" not in kept


async def test_another_key_of_the_project_is_another_caller(doors: ServedHouse) -> None:
    other = (await doors.rest.post("/v1/keys", json={"name": "other"})).json()
    first = await doors.rest.post("/v1/keys", json={"name": "signing"}, headers=KEY)
    basic = (doors.house.project.id, other["secret"])
    second = await doors.rest.post("/v1/keys", json={"name": "signing"}, headers=KEY, auth=basic)
    assert second.json()["secret"] != first.json()["secret"]
