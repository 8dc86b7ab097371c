"""Silence, the right to chat, what is known of somebody, removal with a reason: who hears of it, and its bounds."""

from typing import Any

import pytest

from onstage.actions import presence
from onstage.actions.hands import lower_all, place_in_queue, raise_hand
from onstage.actions.moderation import ParticipantChange, mute_chat, update_participant
from onstage.actions.muting import MuteRequest, mute, mute_everybody, request_unmute
from onstage.actions.reading import read_counts, read_hands, read_participants
from onstage.actions.tracks import report_tracks
from onstage.errors import ErrorCode, OnstageError
from onstage.model.filters import ParticipantFilter
from onstage.model.permission import Permission
from onstage.model.records import Counts, Participant, Presence, Track
from onstage.model.role import Level, Source
from tests.support.house import House
from tests.support.refusals import refusal, refused

CAMERA = Track("TR_camera", Source.CAMERA, is_muted=False)
MICROPHONE = Track("TR_microphone", Source.MICROPHONE, is_muted=False)


class Engine:
    """Mutes what it is told to, and knows some people no more; for somebody it does not answer."""

    def __init__(self, *gone: str, failing: str | None = None) -> None:
        self.muted: list[tuple[str, str]] = []
        self._gone = gone
        self._failing = failing

    async def mute(self, room: str, identity: str, track_id: str) -> None:
        if identity in self._gone:
            raise OnstageError(ErrorCode.PARTICIPANT_NOT_FOUND)
        if identity == self._failing:
            raise OnstageError(ErrorCode.ENGINE_UNAVAILABLE)
        self.muted.append((identity, track_id))


@pytest.fixture
def engine(house: House) -> Engine:
    engine: Any = Engine()
    house.ctx.engine = engine
    return engine


async def heard(house: House, identity: str, role: str, **more: Any) -> Participant:
    """Somebody who sends picture and sound."""
    person = await house.join(identity, role, **more)
    await report_tracks(house.ctx, person.room_id, identity, (CAMERA, MICROPHONE))
    return await house.now(person)


async def silenced(house: House, *people: Participant) -> list[set[str]]:
    """The muted tracks of each."""
    return [{track.sid for track in (await house.now(one)).tracks if track.is_muted} for one in people]


async def test_all_on_stage_are_silenced_but_the_caller(house: House, engine: Engine) -> None:
    anna, gus, eve = [await heard(house, *who) for who in (("anna", "host"), ("gus", "guest"), ("eve", "guest"))]
    await house.join("vic", "viewer")
    done = await mute_everybody(house.ctx, house.caller(anna), "show", MuteRequest())
    assert sorted(done) == sorted([gus.id, eve.id])
    assert sorted(engine.muted) == [(who, track) for who in ("eve", "gus") for track in ("TR_camera", "TR_microphone")]
    everything = {"TR_camera", "TR_microphone"}
    assert await silenced(house, anna, gus, eve) == [set(), everything, everything]
    assert await mute_everybody(house.ctx, house.caller(anna), "show", MuteRequest()) == []


async def test_a_role_a_source_and_exceptions_narrow_whom_it_reaches(house: House, engine: Engine) -> None:
    anna, gus, eve = [await heard(house, *who) for who in (("anna", "host"), ("gus", "guest"), ("eve", "guest"))]
    asked = MuteRequest(role="guest", source=Source.MICROPHONE, excluded={"eve"})
    assert await mute_everybody(house.ctx, house.server, "show", asked) == [gus.id]
    assert await silenced(house, anna, gus, eve) == [set(), {"TR_microphone"}, set()]
    assert await mute_everybody(house.ctx, house.server, "show", MuteRequest(excluded={gus.id, eve.id})) == [anna.id]
    unknown = mute_everybody(house.ctx, house.server, "show", MuteRequest(role="king"))
    assert await refused(unknown) is ErrorCode.UNKNOWN_ROLE


async def test_who_ranks_higher_is_not_silenced_with_the_rest(house: House, engine: Engine) -> None:
    await heard(house, "anna", "host")
    gus = await heard(house, "gus", "guest", permissions=(Permission.PARTICIPANT_MUTE,))
    eve = await heard(house, "eve", "guest")
    assert await mute_everybody(house.ctx, house.caller(gus), "show", MuteRequest()) == [eve.id]
    assert await refused(mute(house.ctx, house.caller(gus), "show", "anna", None)) is ErrorCode.OUTRANKED


async def test_who_goes_while_all_are_silenced_is_no_failure(house: House) -> None:
    gone: Any = Engine("gus")
    house.ctx.engine = gone
    gus, eve = await heard(house, "gus", "guest"), await heard(house, "eve", "guest")
    assert sorted(await mute_everybody(house.ctx, house.server, "show", MuteRequest())) == sorted([gus.id, eve.id])


async def test_who_could_be_silenced_is_written_as_silent_though_somebody_else_could_not(house: House) -> None:
    failing: Any = Engine(failing="gus")
    house.ctx.engine = failing
    people = [await heard(house, name, "guest") for name in ("eve", "gus", "ida")]
    attempt = mute_everybody(house.ctx, house.server, "show", MuteRequest())
    assert await refused(attempt) is ErrorCode.ENGINE_UNAVAILABLE
    both = {CAMERA.sid, MICROPHONE.sid}
    assert await silenced(house, *people) == [both, set(), both]


async def test_an_engine_that_is_away_says_so(house: House) -> None:
    await heard(house, "gus", "guest")
    attempt = mute_everybody(house.ctx, house.server, "show", MuteRequest())
    assert await refused(attempt) is ErrorCode.ENGINE_UNAVAILABLE


async def test_everybody_may_silence_themselves(house: House, engine: Engine) -> None:
    gus = await heard(house, "gus", "guest")
    await mute(house.ctx, house.caller(gus), "show", gus.id, Source.CAMERA)
    assert await silenced(house, gus) == [{"TR_camera"}]


async def test_a_request_to_unmute_is_told_to_them_alone(house: House) -> None:
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    await request_unmute(house.ctx, house.caller(anna), "show", "gus", Source.MICROPHONE)
    event = (await house.events())[-1]
    assert event.name == "participant.unmute_requested"
    assert (event.recipients.everyone, event.recipients.participant_ids) == (False, {gus.id})
    assert (event.data["source"], event.data["by"]) == ("microphone", anna.id)


async def test_nobody_is_asked_for_what_they_may_not_send(house: House) -> None:
    gus = await house.join("gus", "viewer")
    attempt = request_unmute(house.ctx, house.server, "show", "gus", Source.CAMERA)
    assert await refused(attempt) is ErrorCode.PARTICIPANT_NOT_ON_STAGE
    await house.promoted(gus, media_allowed="audio-only")
    error = await refusal(request_unmute(house.ctx, house.server, "show", "gus", Source.CAMERA))
    assert (error.code, error.expected) == (ErrorCode.SOURCE_NOT_ALLOWED, "microphone, screen_share_audio")


async def test_the_right_to_chat_is_taken_and_given_back(house: House) -> None:
    gus = await house.join("gus", "guest")
    muted = await mute_chat(house.ctx, house.server, "show", "gus", is_muted=True)
    assert muted.is_chat_muted
    assert await house.now(gus) == muted
    behind = await house.seq()
    await mute_chat(house.ctx, house.server, "show", "gus", is_muted=True)
    assert await house.names(behind=behind) == []
    assert not (await mute_chat(house.ctx, house.server, "show", "gus", is_muted=False)).is_chat_muted


@pytest.mark.parametrize(
    ("role", "hand", "everyone"),
    [("guest", False, True), ("audience", False, True), ("viewer", False, False), ("viewer", True, True)],
)
async def test_of_viewers_only_those_with_a_hand_up_are_told_to_others(
    house: House, role: str, hand: bool, everyone: bool
) -> None:
    one = await house.join("one", role)
    if hand:
        await raise_hand(house.ctx, house.caller(one), "show")
    await update_participant(house.ctx, house.server, "show", "one", ParticipantChange(name="Another"))
    event = (await house.events())[-1]
    assert (event.name, event.recipients.everyone) == ("participant.updated", everyone)
    assert event.recipients.include(one.id, role)


async def test_attributes_are_merged_and_null_takes_away(house: House) -> None:
    await house.join("gus", "guest")

    async def change(attributes: dict[str, str | None]) -> dict[str, str]:
        changed = await update_participant(
            house.ctx, house.server, "show", "gus", ParticipantChange(attributes=attributes)
        )
        return changed.attributes

    assert await change({"seat": "3", "row": "B"}) == {"seat": "3", "row": "B"}
    assert await change({"seat": None, "row": "C", "nothing": None}) == {"row": "C"}


async def test_attributes_and_metadata_are_bounded_as_a_whole(house: House) -> None:
    gus = await house.join("gus", "guest")
    many = ParticipantChange(attributes={f"k{n}": "v" for n in range(64)})
    await update_participant(house.ctx, house.server, "show", "gus", many)
    for more in ({"one": "more"}, {f"k{n}": "v" * 200 for n in range(64)}):
        error = await refusal(
            update_participant(house.ctx, house.server, "show", "gus", ParticipantChange(attributes=more))
        )
        assert (error.code, [one.path for one in error.errors]) == (ErrorCode.MALFORMED, ["attributes"])
    assert (await house.now(gus)).attributes == many.attributes


async def test_a_change_that_changes_nothing_tells_nothing(house: House) -> None:
    await house.join("gus", "guest")
    behind = await house.seq()
    same = ParticipantChange(name="Gus", metadata={}, attributes={"seat": None})
    await update_participant(house.ctx, house.server, "show", "gus", same)
    assert await house.names(behind=behind) == []


async def test_a_removal_tells_its_reason(house: House) -> None:
    anna = await house.join("anna", "host")
    await house.join("gus", "guest")
    await presence.remove(house.ctx, house.caller(anna), "show", "gus", reason="rude")
    event = (await house.events())[-1]
    assert (event.name, event.data["reason"], event.data["by"]) == ("participant.removed", "rude", anna.id)


async def test_every_hand_goes_down_but_those_that_rank_higher(house: House) -> None:
    anna = await house.join("anna", "host")
    people = [await house.join(name, "viewer") for name in ("a", "b", "c")]
    for one in people:
        await raise_hand(house.ctx, house.caller(one), "show")
        await house.clock.advance(1)
    assert [await place_in_queue(house.ctx, await house.now(one)) for one in people] == [1, 2, 3]
    behind = await house.seq()
    assert await lower_all(house.ctx, house.caller(anna), "show") == [one.id for one in people]
    assert await house.names(behind=behind) == ["hand.lowered"] * 3
    assert await read_hands(house.ctx, house.server, "show") == []
    assert await refused(lower_all(house.ctx, house.caller(people[0]), "show")) is ErrorCode.NOT_ON_STAGE


async def test_hands_of_one_moment_have_places_of_their_own(house: House) -> None:
    people = [await house.join(name, "viewer") for name in ("a", "b", "c")]
    raised = [await raise_hand(house.ctx, house.caller(one), "show") for one in people]
    queue = await read_hands(house.ctx, house.server, "show")
    assert [await place_in_queue(house.ctx, one) for one in queue] == [1, 2, 3]
    assert {one.id for one in queue} == {one.id for one in raised}


async def listed(house: House, **which: Any) -> list[str]:
    found = await read_participants(
        house.ctx, house.server, "show", which=ParticipantFilter(**which), after=None, limit=50
    )
    return sorted(one.identity for one in found)


async def test_the_list_is_narrowed_by_level_role_name_hand_and_presence(house: House) -> None:
    people = {name: await house.join(name, role) for name, role in [("anna", "host"), ("gus", "guest")]}
    people |= {name: await house.join(name, "viewer") for name in ("vic", "wim", "zoe")}
    renamed = ParticipantChange(name="Zoë %_")
    await update_participant(house.ctx, house.server, "show", "zoe", renamed)
    await raise_hand(house.ctx, house.caller(people["vic"]), "show")
    await house.gone(people["wim"])
    await presence.remove(house.ctx, house.server, "show", "gus")
    assert await listed(house) == ["anna", "vic", "zoe"]
    assert await listed(house, level=Level.STAGE) == ["anna"]
    assert await listed(house, role="viewer") == ["vic", "zoe"]
    assert await listed(house, name_prefix="AN") == ["anna"]
    assert await listed(house, name_contains="NN") == ["anna"]
    assert await listed(house, name_contains="%_") == ["zoe"]
    assert await listed(house, name_contains="i%") == []
    assert await listed(house, has_hand_raised=True) == ["vic"]
    assert await listed(house, has_hand_raised=False) == ["anna", "zoe"]
    assert await listed(house, presence=Presence.LEFT) == ["wim"]
    assert await listed(house, presence=Presence.REMOVED) == ["gus"]
    assert await listed(house, presence=None) == sorted(people)


async def test_the_counts_are_of_levels_roles_and_hands(house: House) -> None:
    assert (await read_counts(house.ctx, house.server, "show")).levels == Counts()
    await house.join("anna", "host")
    for name in ("gus", "eve"):
        await house.join(name, "guest")
    vic = await house.join("vic", "viewer")
    await raise_hand(house.ctx, house.caller(vic), "show")
    counts = await read_counts(house.ctx, house.caller(vic), "show")
    assert counts.levels == Counts(stage=3, viewer=1)
    assert (counts.roles, counts.hands) == ({"guest": 2, "host": 1, "viewer": 1}, 1)
