"""Roles, levels, sources and ids."""

import pytest

from onstage.model.authority import SEAT_PERMISSIONS
from onstage.model.ids import Prefix, new_id, new_room_code
from onstage.model.permission import ALL_PERMISSIONS
from onstage.model.role import (
    ALL_SOURCES,
    Level,
    MediaAllowed,
    Source,
    allowed_sources,
)
from onstage.model.template import BUILT_IN_TEMPLATES, Template
from onstage.model.template_rules import problems_of

built_in = pytest.mark.parametrize("template", BUILT_IN_TEMPLATES.values(), ids=BUILT_IN_TEMPLATES)


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


@built_in
def test_promotion_and_demotion_lead_to_roles_of_the_template(template: Template) -> None:
    promote, demote = template.role(template.promote_role), template.role(template.demote_role or "")
    assert promote is not None
    assert promote.level is Level.STAGE
    assert demote is not None
    assert demote.level is not Level.STAGE


@built_in
def test_the_built_in_templates_make_sense(template: Template) -> None:
    assert problems_of(template) == []


@built_in
def test_seats_hold_no_permission_that_needs_the_stage(template: Template) -> None:
    for role in template.roles:
        if role.level is not Level.STAGE:
            assert role.permissions <= SEAT_PERMISSIONS


def test_the_host_may_do_everything() -> None:
    for template in BUILT_IN_TEMPLATES.values():
        host = template.role("host")
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
