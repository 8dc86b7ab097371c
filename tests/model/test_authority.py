"""The table "who may do what to whom", as a function. tests/api/test_authority.py reads it a second way."""

from dataclasses import dataclass

import pytest

from onstage.errors import ErrorCode
from onstage.model.authority import RULES, SEAT_PERMISSIONS, refusal, refusal_of_gift
from onstage.model.permission import ALL_PERMISSIONS, Permission
from onstage.model.role import Level, Role

every_permission = pytest.mark.parametrize("permission", Permission, ids=lambda one: one.value)
NOTHING: frozenset[Permission] = frozenset()


@dataclass(frozen=True)
class Somebody:
    """As much of a participant as the table looks at."""

    id: str
    level: Level = Level.STAGE
    permissions: frozenset[Permission] = ALL_PERMISSIONS
    priority: int = 5


def target_of(permission: Permission, *, priority: int = 5) -> Somebody:
    """Somebody else, of a level at which that may be done to them."""
    return Somebody("target", level=min(RULES[permission].levels), priority=priority)


def test_every_permission_has_a_rule() -> None:
    assert RULES.keys() == ALL_PERMISSIONS


@every_permission
def test_a_server_may_do_everything_to_everybody_of_the_right_level(permission: Permission) -> None:
    assert refusal(None, permission) is None
    assert refusal(None, permission, target_of(permission, priority=1)) is None


@every_permission
def test_without_the_permission_nobody_does_it_to_others(permission: Permission) -> None:
    actor = Somebody("actor", permissions=ALL_PERMISSIONS - {permission})
    assert refusal(actor, permission) is ErrorCode.PERMISSION_DENIED
    assert refusal(actor, permission, target_of(permission)) is ErrorCode.PERMISSION_DENIED


@every_permission
@pytest.mark.parametrize("level", [Level.AUDIENCE, Level.VIEWER])
def test_from_the_seats_only_what_the_table_says_is_done(permission: Permission, level: Level) -> None:
    expected = None if RULES[permission].from_seats else ErrorCode.NOT_ON_STAGE
    actor = Somebody("actor", level=level)
    assert refusal(actor, permission) is expected
    assert refusal(actor, permission, target_of(permission)) is expected


@every_permission
def test_rank_counts_for_what_is_done_to_others(permission: Permission) -> None:
    actor = Somebody("actor")
    for priority, outranks in [(4, True), (5, False), (6, False)]:
        expected = ErrorCode.OUTRANKED if outranks and RULES[permission].is_ranked else None
        assert refusal(actor, permission, target_of(permission, priority=priority)) is expected


def test_who_may_not_do_it_does_not_learn_who_outranks_them() -> None:
    actor, higher = Somebody("actor", permissions=NOTHING), Somebody("target", priority=1)
    assert refusal(actor, Permission.PARTICIPANT_REMOVE, higher) is ErrorCode.PERMISSION_DENIED


def test_a_wrong_level_is_said_last_and_to_servers_too() -> None:
    seated, staged = Somebody("a", level=Level.VIEWER), Somebody("b")
    assert refusal(None, Permission.PARTICIPANT_PROMOTE, staged) is ErrorCode.ALREADY_ON_STAGE
    assert refusal(None, Permission.PARTICIPANT_DEMOTE, seated) is ErrorCode.NOT_PROMOTED
    assert refusal(None, Permission.PARTICIPANT_MUTE, seated) is ErrorCode.PARTICIPANT_NOT_ON_STAGE
    higher = Somebody("c", level=Level.VIEWER, priority=1)
    assert refusal(staged, Permission.PARTICIPANT_MUTE, higher) is ErrorCode.OUTRANKED


@pytest.mark.parametrize(
    ("permission", "with_it", "without_it", "seated_with_it"),
    [
        (Permission.PARTICIPANT_DEMOTE, None, None, ErrorCode.NOT_PROMOTED),
        (Permission.HAND_LOWER, None, None, None),
        (Permission.PARTICIPANT_LIST, None, None, None),
        (Permission.PARTICIPANT_UPDATE, None, ErrorCode.PERMISSION_DENIED, None),
        (Permission.PARTICIPANT_SET_ROLE, None, ErrorCode.PERMISSION_DENIED, ErrorCode.NOT_ON_STAGE),
        (
            Permission.PARTICIPANT_BAN,
            ErrorCode.PERMISSION_DENIED,
            ErrorCode.PERMISSION_DENIED,
            ErrorCode.NOT_ON_STAGE,
        ),
    ],
    ids=lambda one: one.value if isinstance(one, Permission) else "",
)
def test_what_somebody_does_to_themselves(
    permission: Permission,
    with_it: ErrorCode | None,
    without_it: ErrorCode | None,
    seated_with_it: ErrorCode | None,
) -> None:
    holder, other = Somebody("me"), Somebody("me", permissions=NOTHING)
    seated = Somebody("me", level=Level.AUDIENCE)
    assert refusal(holder, permission, holder) is with_it
    assert refusal(other, permission, other) is without_it
    assert refusal(seated, permission, seated) is seated_with_it


def test_what_is_of_use_in_the_seats() -> None:
    assert {one.value for one in SEAT_PERMISSIONS} == {
        "custom.send",
        "hand.raise",
        "message.send",
        "participant.list",
        "participant.update",
        "poll.vote",
        "reaction.send",
        "state.set",
    }


def test_nobody_gives_what_they_do_not_have() -> None:
    actor = Somebody("actor", permissions=frozenset({Permission.MESSAGE_SEND}))
    speaker = Role("speaker", Level.STAGE, frozenset({Permission.MESSAGE_SEND}))
    chair = Role("chair", Level.STAGE, frozenset({Permission.MESSAGE_SEND, Permission.ROOM_END}))
    assert refusal_of_gift(actor, speaker) is None
    assert refusal_of_gift(actor, chair) is ErrorCode.PERMISSION_DENIED
    assert refusal_of_gift(actor, chair, frozenset()) is None
    assert refusal_of_gift(actor, speaker, frozenset({Permission.ROOM_END})) is ErrorCode.PERMISSION_DENIED
    assert refusal_of_gift(None, chair) is None


def test_nobody_gives_a_rank_above_their_own() -> None:
    actor = Somebody("actor")
    assert refusal_of_gift(actor, Role("star", Level.STAGE, NOTHING, priority=4)) is ErrorCode.OUTRANKED
    assert refusal_of_gift(actor, Role("peer", Level.STAGE, NOTHING, priority=5)) is None


HANDS = frozenset({Permission.HAND_RAISE})
ENDS = frozenset({Permission.ROOM_END})
D, R = ErrorCode.PERMISSION_DENIED, ErrorCode.OUTRANKED


@pytest.mark.parametrize(
    ("level", "priority", "whole", "own_named", "more_named", "whole_by_code"),
    [
        (Level.STAGE, 4, R, R, R, R),
        (Level.STAGE, 5, D, D, D, D),
        (Level.STAGE, 6, None, None, D, D),
        (Level.AUDIENCE, 4, R, R, R, R),
        (Level.AUDIENCE, 5, None, None, D, None),
        (Level.VIEWER, 9, None, None, D, None),
    ],
)
def test_the_rank_of_a_role_says_who_gives_it_whole(
    level: Level,
    priority: int,
    whole: ErrorCode | None,
    own_named: ErrorCode | None,
    more_named: ErrorCode | None,
    whole_by_code: ErrorCode | None,
) -> None:
    """By somebody of rank 5 who has none of it: so nobody gets to more by a role that is no step below theirs."""
    actor = Somebody("actor", permissions=NOTHING)
    role = Role("role", level, HANDS, priority=priority)
    assert refusal_of_gift(actor, role) is whole
    assert refusal_of_gift(actor, role, HANDS) is own_named
    assert refusal_of_gift(actor, role, ENDS) is more_named
    assert refusal_of_gift(actor, role, by_rank=False) is whole_by_code
