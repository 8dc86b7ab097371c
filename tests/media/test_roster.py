"""Whatever order reports come in, and however often: one story."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstage.media.engine import (
    EngineJoined,
    EngineLeft,
    EngineParticipant,
    EngineRoomFinished,
    EngineTrack,
    RoomEvent,
    TrackKind,
    TrackMuted,
    TrackPublished,
    TrackUnmuted,
    TrackUnpublished,
)
from onstage.media.roster import Roster
from onstage.model.role import Level, Source

ROOM = "rm_1"
START = datetime(2026, 1, 1, tzinfo=UTC)
CAMERA = EngineTrack("TR_1", TrackKind.VIDEO, Source.CAMERA, is_muted=False)


def ana(connection: int = 1, *tracks: EngineTrack) -> EngineParticipant:
    return EngineParticipant(
        room=ROOM,
        identity="ana",
        connection_id=f"PA_{connection}",
        name="Ana",
        level=Level.STAGE,
        role="host",
        is_hidden=False,
        joined_at=START + timedelta(seconds=connection),
        tracks=tracks,
    )


def kinds(events: list[RoomEvent]) -> list[type]:
    return [type(one) for one in events]


def test_each_fact_is_told_once() -> None:
    roster = Roster()
    assert kinds(roster.joined(ana())) == [EngineJoined]
    assert roster.joined(ana()) == []
    assert kinds(roster.published(ROOM, "ana", "PA_1", CAMERA)) == [TrackPublished]
    assert roster.listed(ROOM, [ana(1, CAMERA)], asked_at=roster.revision) == []
    assert kinds(roster.muted(ROOM, "ana", "TR_1", is_muted=True)) == [TrackMuted]
    assert roster.muted(ROOM, "ana", "TR_1", is_muted=True) == []
    assert kinds(roster.left(ROOM, "ana", "PA_1")) == [TrackUnpublished, EngineLeft]
    assert roster.left(ROOM, "ana", "PA_1") == []
    assert roster.rooms == frozenset()


def test_what_has_gone_does_not_come_back_with_a_late_report() -> None:
    roster = Roster()
    roster.joined(ana(1, CAMERA))
    roster.left(ROOM, "ana", "PA_1")
    assert roster.joined(ana()) == []
    assert roster.published(ROOM, "ana", "PA_1", CAMERA) == []
    assert roster.listed(ROOM, [ana(1, CAMERA)], asked_at=0) == []


def test_a_track_told_before_its_publisher_waits_for_them() -> None:
    roster = Roster()
    assert roster.published(ROOM, "ana", "PA_1", CAMERA) == []
    assert roster.muted(ROOM, "ana", "TR_1", is_muted=True) == []
    joined, published = roster.joined(ana())
    assert isinstance(joined, EngineJoined)
    assert isinstance(published, TrackPublished)
    assert published.track.is_muted


def test_a_track_told_as_gone_before_it_came_never_comes() -> None:
    roster = Roster()
    roster.joined(ana())
    assert roster.unpublished(ROOM, "ana", "PA_1", "TR_1") == []
    assert roster.published(ROOM, "ana", "PA_1", CAMERA) == []


@pytest.mark.parametrize("order", ["left first", "joined first"])
def test_a_newer_connection_replaces_the_older(order: str) -> None:
    roster = Roster()
    roster.joined(ana(1, CAMERA))
    reports: list[Callable[[], list[RoomEvent]]] = [
        lambda: roster.left(ROOM, "ana", "PA_1", "duplicate_identity"),
        lambda: roster.joined(ana(2)),
    ]
    if order == "joined first":
        reports.reverse()
    events = [event for report in reports for event in report()]
    assert kinds(events) == [TrackUnpublished, EngineLeft, EngineJoined]
    assert events[1] == EngineLeft(ROOM, "ana", "PA_1", "duplicate_identity")
    assert roster.joined(ana(1)) == []


def test_somebody_missing_from_one_list_stays_and_from_two_is_gone() -> None:
    roster = Roster()
    roster.joined(ana(1, CAMERA))
    assert roster.listed(ROOM, [], asked_at=roster.revision) == []
    assert roster.suspect_rooms == {ROOM}
    assert roster.listed(ROOM, [ana(1, CAMERA)], asked_at=roster.revision) == []
    assert roster.suspect_rooms == frozenset()
    assert roster.listed(ROOM, [], asked_at=roster.revision) == []
    assert kinds(roster.listed(ROOM, [], asked_at=roster.revision)) == [TrackUnpublished, EngineLeft]
    assert roster.suspect_rooms == frozenset()


def test_a_track_missing_from_two_lists_is_gone() -> None:
    roster = Roster()
    roster.joined(ana(1, CAMERA))
    assert roster.listed(ROOM, [ana()], asked_at=roster.revision) == []
    assert kinds(roster.listed(ROOM, [ana()], asked_at=roster.revision)) == [TrackUnpublished]


def test_a_list_brings_what_no_webhook_told() -> None:
    roster = Roster()
    assert kinds(roster.listed(ROOM, [ana(1, CAMERA)], asked_at=0)) == [EngineJoined, TrackPublished]
    muted = replace(CAMERA, is_muted=True)
    assert kinds(roster.listed(ROOM, [ana(1, muted)], asked_at=roster.revision)) == [TrackMuted]
    assert kinds(roster.listed(ROOM, [ana(1, CAMERA)], asked_at=roster.revision)) == [TrackUnmuted]


def test_a_list_older_than_a_mute_does_not_undo_it() -> None:
    roster = Roster()
    roster.joined(ana(1, CAMERA))
    asked_at = roster.revision
    roster.muted(ROOM, "ana", "TR_1", is_muted=True)
    assert roster.listed(ROOM, [ana(1, CAMERA)], asked_at=asked_at) == []


def test_a_finished_room_is_empty() -> None:
    roster = Roster()
    roster.joined(ana(1, CAMERA))
    assert kinds(roster.finished(ROOM)) == [TrackUnpublished, EngineLeft, EngineRoomFinished]
    assert roster.rooms == frozenset()


REPORTS: dict[str, Callable[[Roster], list[RoomEvent]]] = {
    "joined 1": lambda roster: roster.joined(ana(1)),
    "joined 2": lambda roster: roster.joined(ana(2)),
    "left 1": lambda roster: roster.left(ROOM, "ana", "PA_1"),
    "left 2": lambda roster: roster.left(ROOM, "ana", "PA_2"),
    "published": lambda roster: roster.published(ROOM, "ana", "PA_1", CAMERA),
    "unpublished": lambda roster: roster.unpublished(ROOM, "ana", "PA_1", "TR_1"),
    "muted": lambda roster: roster.muted(ROOM, "ana", "TR_1", is_muted=True),
    "unmuted": lambda roster: roster.muted(ROOM, "ana", "TR_1", is_muted=False),
    "listed": lambda roster: roster.listed(ROOM, [ana(1, CAMERA)], asked_at=roster.revision),
    "listed newer": lambda roster: roster.listed(ROOM, [ana(2)], asked_at=roster.revision),
    "listed nobody": lambda roster: roster.listed(ROOM, [], asked_at=roster.revision),
    "finished": lambda roster: roster.finished(ROOM),
}


@given(st.lists(st.sampled_from(sorted(REPORTS)), max_size=30))
def test_no_order_of_reports_makes_a_story_that_cannot_be(names: list[str]) -> None:
    roster = Roster()
    connection: str | None = None
    tracks: dict[str, bool] = {}
    for event in [event for name in names for event in REPORTS[name](roster)]:
        match event:
            case EngineJoined(participant=who):
                assert connection is None
                connection = who.connection_id
            case EngineLeft(connection_id=gone):
                assert gone == connection
                assert not tracks
                connection = None
            case TrackPublished(track=track):
                assert connection is not None
                assert track.id not in tracks
                tracks[track.id] = track.is_muted
            case TrackUnpublished(track=track):
                del tracks[track.id]
            case TrackMuted(track=track) | TrackUnmuted(track=track):
                assert tracks[track.id] is not track.is_muted
                tracks[track.id] = track.is_muted
