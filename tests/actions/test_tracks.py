from typing import Any

import pytest

from onstage.actions.context import Context
from onstage.actions.hands import raise_hand
from onstage.actions.muting import mute
from onstage.actions.tracks import report_engine_failed, report_tracks
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Participant, Track
from onstage.model.role import Source
from onstage.store import participants
from tests.support.house import House

MICROPHONE = Track("TR_1", Source.MICROPHONE, is_muted=False)
CAMERA = Track("TR_2", Source.CAMERA, is_muted=False)


class MutingEngine:
    """Mutes what it is told to, while its participant publishes a camera."""

    def __init__(self, ctx: Context, publishes: tuple[Track, ...]) -> None:
        self._ctx = ctx
        self._publishes = publishes
        self.muted: list[str] = []

    async def mute(self, room: str, identity: str, track_id: str) -> None:
        self.muted.append(track_id)
        await report_tracks(self._ctx, room, identity, self._publishes)


async def tracks_of(house: House, participant: Participant) -> dict[str, bool]:
    async with house.ctx.database.read() as tx:
        now = await participants.get(tx, participant.id)
    assert now is not None
    return {track.sid: track.is_muted for track in now.tracks}


async def test_a_track_published_while_another_is_muted_is_kept(house: House) -> None:
    hanna = await house.join("hanna", "host")
    await report_tracks(house.ctx, hanna.room_id, hanna.identity, (MICROPHONE,))
    engine: Any = MutingEngine(house.ctx, (MICROPHONE, CAMERA))
    house.ctx.engine = engine

    done = await mute(house.ctx, house.server, hanna.room_id, hanna.id, Source.MICROPHONE)

    assert engine.muted == ["TR_1"]
    assert await tracks_of(house, hanna) == {"TR_1": True, "TR_2": False}
    assert {track.sid: track.is_muted for track in done.tracks} == {"TR_1": True, "TR_2": False}
    assert (await house.names())[-3:] == ["track.published", "track.published", "track.muted"]


async def test_somebody_sent_back_has_no_tracks_whatever_the_engine_says(house: House) -> None:
    vic = await house.join("vic", "viewer")
    await report_tracks(house.ctx, vic.room_id, vic.identity, (CAMERA,))
    assert await tracks_of(house, vic) == {}


async def test_what_is_not_published_cannot_be_muted(house: House) -> None:
    hanna = await house.join("hanna", "host")
    with pytest.raises(OnstageError) as refused:
        await mute(house.ctx, house.server, hanna.room_id, hanna.id, Source.CAMERA)
    assert refused.value.code is ErrorCode.TRACK_NOT_FOUND


@pytest.mark.parametrize(
    ("role", "has_hand_up", "is_for_all"),
    [("guest", False, True), ("audience", False, True), ("viewer", False, False), ("viewer", True, True)],
)
async def test_who_could_not_be_steered_is_shown_to_those_who_see_them_anyway(
    house: House, role: str, has_hand_up: bool, is_for_all: bool
) -> None:
    await house.join("anna", "host")
    vic = await house.join("vic", role)
    if has_hand_up:
        await raise_hand(house.ctx, house.caller(vic), "show")
    await report_engine_failed(house.ctx, vic, reason="engine_unavailable")
    told = (await house.events())[-1]
    assert told.name == "participant.engine_failed"
    only = frozenset() if is_for_all else {vic.id}
    assert (told.recipients.everyone, told.recipients.participant_ids) == (is_for_all, only)
