"""The Python SDK against a real server: every operation is there, typed, paged, and refuses as the server does."""

import asyncio
import inspect
import json
from pathlib import Path

import pytest

from onstage.client import ApiError, AsyncOnstage, ConnectionFailedError, Onstage, Retries
from onstage.client.models import InviteAnswer, ParticipantAnswer, RoomView
from tests.support.gateway import ServedHouse
from tests.support.house import House
from tests.support.serving import free_port

OPENAPI = json.loads((Path(__file__).parents[2] / "protocol" / "openapi.json").read_text())


@pytest.mark.parametrize("client", [AsyncOnstage, Onstage])
def test_every_operation_is_a_method(client: type) -> None:
    named = {operation["operationId"] for path in OPENAPI["paths"].values() for operation in path.values()}
    methods = {name for name, _ in inspect.getmembers(client, callable) if not name.startswith("_")}
    assert named <= methods
    assert methods - named <= {"aclose", "close"}


async def test_a_room_is_made_changed_and_read(onstage: AsyncOnstage) -> None:
    made = await onstage.create_room(name="class-1", title="First class", metadata={"year": 1})
    assert isinstance(made, RoomView)
    changed = await onstage.update_room("class-1", locked=True)
    assert (changed.id, changed.locked, changed.metadata) == (made.id, True, {"year": 1})
    assert (await onstage.get_room(made.id)).title == "First class"


async def test_a_list_is_read_to_its_end_page_by_page(onstage: AsyncOnstage) -> None:
    made = [(await onstage.create_room(name=f"room-{number}")).id for number in range(5)]
    pages = onstage.list_rooms(limit=2)
    assert sorted([room.id async for room in pages if room.id in made]) == sorted(made)
    first = await pages.page()
    assert len(first.data) == 2
    assert first.next_cursor is not None


async def test_an_answer_has_the_type_of_its_status(house: House, onstage: AsyncOnstage) -> None:
    await house.join("vic", "viewer")
    asked = await onstage.promote("show", "vic")
    assert isinstance(asked, InviteAnswer)
    forced = await onstage.promote("show", "vic", force=True, media_allowed="audio-only")
    assert isinstance(forced, ParticipantAnswer)
    assert forced.participant.level == "stage"


async def test_what_is_deleted_answers_nothing(onstage: AsyncOnstage) -> None:
    code = (await onstage.create_code("show", role="viewer")).code
    await onstage.delete_code("show", code)
    assert [one.code async for one in onstage.list_codes("show")] == []


async def test_a_refusal_has_its_code_and_what_to_do(onstage: AsyncOnstage) -> None:
    with pytest.raises(ApiError) as refused:
        await onstage.get_room("no such room?")
    assert (refused.value.status, refused.value.code) == (404, "room_not_found")
    assert refused.value.fix
    with pytest.raises(ApiError) as wrong:
        await onstage.create_room(name="with space")
    assert [one["path"] for one in wrong.value.errors] == ["name"]
    assert "name: " in str(wrong.value)


async def test_the_sync_client_does_the_same(doors: ServedHouse) -> None:
    house = doors.house

    def talk() -> list[str]:
        with Onstage(doors.url, project_id=house.project.id, secret=house.secret, retries=Retries(most=0)) as onstage:
            made = onstage.create_room(name="class-2")
            names = [room.name for room in onstage.list_rooms(limit=1)]
            with pytest.raises(ApiError, match="room_name_taken"):
                onstage.create_room(name=made.name)
            return names

    assert sorted(await asyncio.to_thread(talk)) == ["class-2", "show"]


async def test_a_participant_calls_with_their_token(doors: ServedHouse) -> None:
    token = await doors.token("gus", "guest")
    async with AsyncOnstage(doors.url, token=token) as gus:
        with pytest.raises(ApiError, match="permission_denied"):
            await gus.create_token("show", identity="eve", role="host")
        assert (await gus.send_message("show", text="hello")).message.text == "hello"


async def test_no_server_is_no_answer() -> None:
    async with AsyncOnstage(f"http://127.0.0.1:{free_port()}", retries=Retries(most=1, first_s=0.0)) as onstage:
        with pytest.raises(ConnectionFailedError, match="GET /v1/rooms/show"):
            await onstage.get_room("show")
