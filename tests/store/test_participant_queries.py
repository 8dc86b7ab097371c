"""In a room of ten thousand, what is asked at every call is answered by an index, without looking at everybody."""

from collections.abc import Awaitable, Callable

import pytest

from onstage.model.role import Level
from onstage.store import participant_lists, participants
from onstage.store.database import Tx
from tests.store.plans import plan
from tests.support.house import House


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda tx: participants.count_role(tx, "ses", "speaker"), "ix_participants_role"),
        (lambda tx: participant_lists.count_roles(tx, "ses"), "ix_participants_role"),
        (lambda tx: participants.count_levels(tx, "ses"), "ix_participants_present"),
        (lambda tx: participant_lists.count_hands(tx, "ses"), "ix_participants_hands"),
    ],
)
async def test_people_are_counted_in_an_index_alone(
    ask: Callable[[Tx], Awaitable[object]], index: str, sqlite_house: House
) -> None:
    told = await plan(sqlite_house, ask)
    assert f"USING COVERING INDEX {index} (session_id=? AND presence=?" in told
    assert "TEMP B-TREE" not in told


async def test_raised_hands_are_found_in_their_order(sqlite_house: House) -> None:
    told = await plan(sqlite_house, lambda tx: participants.hands(tx, "ses"))
    assert "USING INDEX ix_participants_hands" in told
    assert "TEMP B-TREE" not in told


async def test_who_is_on_stage_is_found_past_the_viewers(sqlite_house: House) -> None:
    told = await plan(sqlite_house, lambda tx: participants.present(tx, "ses", (Level.STAGE, Level.AUDIENCE)))
    assert "USING INDEX ix_participants_present (session_id=? AND presence=? AND level=?)" in told
