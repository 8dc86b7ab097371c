"""Roles, levels, sources and ids."""

import pytest

from onstage.model.ids import Prefix, new_id, new_room_code
from onstage.model.permission import ALL_PERMISSIONS, SEAT_PERMISSIONS
from onstage.model.role import (
    ALL_SOURCES,
    INTERACTIVE_LIVE_STREAM,
    Level,
    MediaAllowed,
    Role,
    Source,
    allowed_sources,
)


def test_only_a_role_on_stage_publishes() -> None:
    with pytest.raises(ValueError, match="only a role of level stage publishes"):
        Role("loud viewer", Level.VIEWER, frozenset(), frozenset({Source.MICROPHONE}))


@pytest.mark.parametrize(
    ("allowed", "left"),
    [
        (MediaAllowed.ALL, ALL_SOURCES),
        (MediaAllowed.AUDIO_ONLY, {Source.MICROPHONE, Source.SCREEN_SHARE_AUDIO}),
        (MediaAllowed.VIDEO_ONLY, {Source.CAMERA, Source.SCREEN_SHARE}),
    ],
)
def test_media_allowed_narrows_what_a_role_may_send(allowed: MediaAllowed, left: set[Source]) -> None:
    assert allowed_sources(ALL_SOURCES, allowed) == left
    assert allowed_sources(frozenset({Source.CAMERA}), allowed) == left & {Source.CAMERA}


def test_promotion_and_demotion_lead_to_roles_of_the_template() -> None:
    template = INTERACTIVE_LIVE_STREAM
    promote, demote = template.role(template.promote_role), template.role(template.demote_role)
    assert promote is not None
    assert promote.level is Level.STAGE
    assert demote is not None
    assert demote.level is not Level.STAGE


def test_seats_hold_no_permission_that_needs_the_stage() -> None:
    for role in INTERACTIVE_LIVE_STREAM.roles:
        if role.level is not Level.STAGE:
            assert role.permissions <= SEAT_PERMISSIONS


def test_the_host_may_do_everything() -> None:
    host = INTERACTIVE_LIVE_STREAM.role("host")
    assert host is not None
    assert host.permissions == ALL_PERMISSIONS


def test_ids_say_what_they_name_and_do_not_repeat() -> None:
    made = {new_id(Prefix.ROOM) for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(one.startswith("rm_") and len(one) == 23 for one in made)


def test_room_codes_can_be_read_aloud() -> None:
    code = new_room_code()
    assert [len(part) for part in code.split("-")] == [3, 4, 3]
    assert not set(code) & set("ilou")
