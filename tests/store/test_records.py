"""What is written of a record is what is read: a parameter that names no column would be passed over in silence."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from onstage.model.permission import Permission
from onstage.model.records import Counts, Presence, Track
from onstage.model.role import Level, Source
from onstage.model.room_settings import RoomSettings
from onstage.store import participants, rooms, sessions
from tests.support.clock import EPOCH
from tests.support.house import House

LATER = EPOCH + timedelta(hours=1)


def unchanged(before: Any, after: Any) -> set[str]:
    """The names of fields that are as they were."""
    was, is_now = asdict(before), asdict(after)
    return {name for name in was if was[name] == is_now[name]}


async def test_all_that_can_change_of_a_participant_is_kept(house: House) -> None:
    before = await house.join("ada", "viewer")
    after = replace(
        before,
        name="Ada Lovelace",
        role="speaker",
        level=Level.STAGE,
        role_before="viewer",
        permissions=frozenset({Permission.HAND_LOWER}),
        sources=frozenset({Source.CAMERA}),
        is_audio_muted_on_join=not before.is_audio_muted_on_join,
        is_video_muted_on_join=not before.is_video_muted_on_join,
        metadata={"seat": 4},
        tracks=(Track("TR_1", Source.CAMERA, is_muted=True),),
        presence=Presence.LEFT,
        hand_raised_at=LATER,
        joined_at=LATER,
        left_at=LATER,
        attributes={"team": "red"},
        extra_permissions=frozenset({Permission.HAND_RAISE}),
        priority=before.priority + 1,
        subscribe_to=("speaker",),
        is_chat_muted=True,
        is_backstage=True,
        role_seq=before.role_seq + 1,
        removes_at=LATER,
        token_id="another",
        key_id="key_another",
    )
    assert unchanged(before, after) == {
        "id",
        "project_id",
        "room_id",
        "session_id",
        "identity",
        "let_in_by",
        "joined_seq",
    }
    async with house.ctx.database.begin() as tx:
        await participants.save(tx, after)
        assert await participants.get(tx, before.id) == after


async def test_all_that_can_change_of_a_session_is_kept(house: House) -> None:
    await house.join("ada", "viewer")
    async with house.ctx.database.begin() as tx:
        before = await sessions.open_of(tx, house.room.id)
        assert before is not None
        after = replace(
            before,
            ended_at=LATER,
            end_reason="over",
            ends_at=LATER,
            idle_ends_at=LATER,
            peaks=Counts(1, 2, 3),
            peak_total=6,
        )
        assert unchanged(before, after) == {"id", "project_id", "room_id", "room_name", "started_at"}
        await sessions.save(tx, after)
        assert await sessions.get(tx, before.id) == after


async def test_all_that_can_change_of_a_room_is_kept(house: House) -> None:
    async with house.ctx.database.begin() as tx:
        before = await rooms.get(tx, house.room.id)
        assert before is not None
        after = replace(
            before,
            name="another",
            title="Another",
            template="another",
            is_locked=not before.is_locked,
            metadata={"floor": 4},
            updated_at=LATER,
            settings=RoomSettings(idle_end_s=60),
            deleted_at=LATER,
        )
        assert unchanged(before, after) == {"id", "project_id", "seq", "created_at"}
        await rooms.save(tx, after)
        assert await rooms.get(tx, before.id) == after
