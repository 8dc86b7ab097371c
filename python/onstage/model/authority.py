"""Who may do what to whom: one table, asked for every change and every look (`actions/access.py`).

A caller with project credentials is no participant: it has every permission, and nobody outranks it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from onstage.errors import ErrorCode
from onstage.model.permission import Permission
from onstage.model.role import Level, Role


class Person(Protocol):
    """What of a participant counts here."""

    @property
    def id(self) -> str:
        """Who it is."""
        ...

    @property
    def level(self) -> Level:
        """Where they are."""
        ...

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do."""
        ...

    @property
    def priority(self) -> int:
        """Their rank: 1 is the highest."""
        ...


class OnOneself(StrEnum):
    """What it takes to do something to oneself that is mostly done to others."""

    FREE = "nothing"
    FROM_SEATS = "the permission"
    LIKE_OTHERS = "the permission, and a place on stage"
    NEVER = "it can't be done to oneself"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one permission takes, besides having it.

    `is_ranked`: it is done to a participant, who must not rank higher than who does it. `levels` are those the
    participant may be of, and `wrong_level` the refusal of another one.
    """

    from_seats: bool = False
    is_ranked: bool = False
    on_oneself: OnOneself = OnOneself.LIKE_OTHERS
    levels: frozenset[Level] = frozenset(Level)
    wrong_level: ErrorCode = ErrorCode.PARTICIPANT_NOT_ON_STAGE


_STAGE = frozenset({Level.STAGE})
_SEATS = frozenset({Level.AUDIENCE, Level.VIEWER})
_FOR_ALL = Rule(from_seats=True)
_ON_STAGE = Rule()
_TO_OTHERS = Rule(is_ranked=True, on_oneself=OnOneself.NEVER)

RULES: dict[Permission, Rule] = {
    Permission.PARTICIPANT_PROMOTE: Rule(is_ranked=True, levels=_SEATS, wrong_level=ErrorCode.ALREADY_ON_STAGE),
    Permission.PARTICIPANT_DEMOTE: Rule(
        is_ranked=True, on_oneself=OnOneself.FREE, levels=_STAGE, wrong_level=ErrorCode.NOT_PROMOTED
    ),
    Permission.PARTICIPANT_SET_ROLE: Rule(is_ranked=True),
    Permission.PARTICIPANT_MUTE: Rule(is_ranked=True, on_oneself=OnOneself.FREE, levels=_STAGE),
    Permission.PARTICIPANT_REQUEST_UNMUTE: Rule(is_ranked=True, on_oneself=OnOneself.NEVER, levels=_STAGE),
    Permission.PARTICIPANT_MUTE_CHAT: _TO_OTHERS,
    Permission.PARTICIPANT_SET_BACKSTAGE: Rule(is_ranked=True, levels=_STAGE),
    Permission.PARTICIPANT_REMOVE: _TO_OTHERS,
    Permission.PARTICIPANT_BAN: _TO_OTHERS,
    Permission.PARTICIPANT_UPDATE: Rule(is_ranked=True, on_oneself=OnOneself.FROM_SEATS),
    Permission.PARTICIPANT_LIST: Rule(from_seats=True, on_oneself=OnOneself.FREE),
    Permission.INVITE_CANCEL: Rule(is_ranked=True, on_oneself=OnOneself.FREE),  # to whoever made the invite
    Permission.HAND_RAISE: _FOR_ALL,
    Permission.HAND_LOWER: Rule(is_ranked=True, on_oneself=OnOneself.FREE),
    Permission.MESSAGE_SEND: _FOR_ALL,
    Permission.MESSAGE_DELETE: Rule(is_ranked=True, on_oneself=OnOneself.FREE),  # to whoever wrote it
    Permission.MESSAGE_PIN: _ON_STAGE,
    Permission.REACTION_SEND: _FOR_ALL,
    Permission.CUSTOM_SEND: _FOR_ALL,
    Permission.STATE_SET: _FOR_ALL,
    Permission.POLL_CREATE: _ON_STAGE,
    Permission.POLL_START: _ON_STAGE,
    Permission.POLL_STOP: _ON_STAGE,
    Permission.POLL_VOTE: _FOR_ALL,
    Permission.BROADCAST_START: _ON_STAGE,
    Permission.BROADCAST_UPDATE: _ON_STAGE,
    Permission.BROADCAST_STOP: _ON_STAGE,
    Permission.METADATA_SEND: _ON_STAGE,
    Permission.CAPTION_SEND: _ON_STAGE,
    Permission.MEDIA_PLAY: _ON_STAGE,
    Permission.ROOM_UPDATE: _ON_STAGE,
    Permission.ROOM_END: _ON_STAGE,
}

SEAT_PERMISSIONS = frozenset(
    permission for permission, rule in RULES.items() if rule.from_seats or rule.on_oneself is OnOneself.FROM_SEATS
)
"""What is of use in the seats; a role below the stage holds no other."""


@dataclass(frozen=True, slots=True)
class Row:
    """A rule for people to read."""

    permission: str
    place: str
    on_oneself: str
    rank: str
    target: str


def rows() -> list[Row]:
    """The table for people to read."""
    return [_row(permission, rule) for permission, rule in RULES.items()]


def _row(permission: Permission, rule: Rule) -> Row:
    has_target = rule.is_ranked or rule.on_oneself is not OnOneself.LIKE_OTHERS
    levels = "any level" if rule.levels == frozenset(Level) else ", ".join(sorted(rule.levels))
    return Row(
        permission=permission.value,
        place="anywhere" if rule.from_seats else "stage",
        on_oneself=rule.on_oneself.value if has_target else "",
        rank="the same or lower" if rule.is_ranked else "",
        target=levels if has_target else "",
    )


def refusal(actor: Person | None, permission: Permission, target: Person | None = None) -> ErrorCode | None:
    """Why `actor` (None: a server) may not do that to `target`, or at all; None when they may."""
    rule = RULES[permission]
    refused = None if actor is None else _refusal_of(actor, permission, rule, target)
    if refused is None and target is not None and target.level not in rule.levels:
        return rule.wrong_level
    return refused


def _refusal_of(actor: Person, permission: Permission, rule: Rule, target: Person | None) -> ErrorCode | None:
    is_own = target is not None and target.id == actor.id
    if is_own and rule.on_oneself is OnOneself.FREE:
        return None
    may_sit = rule.from_seats or (is_own and rule.on_oneself is OnOneself.FROM_SEATS)
    if actor.level is not Level.STAGE and not may_sit:
        return ErrorCode.NOT_ON_STAGE
    if permission not in actor.permissions or (is_own and rule.on_oneself is OnOneself.NEVER):
        return ErrorCode.PERMISSION_DENIED
    if rule.is_ranked and target is not None and target.priority < actor.priority:
        return ErrorCode.OUTRANKED
    return None


OF_GIFTS = (
    "Whoever promotes or sets roles gives a lower role, or one in the seats, with all that the template lets it do, "
    "and never a role of a higher rank; of a role on stage of their own rank, and of permissions besides the role's, "
    "nobody gives what they don't have. A room code is never for a role on stage that may do more than who makes it."
)
"""What is so beside the table."""


class Giver(Protocol):
    """What counts of who gives a role, or of a role whose holders do."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do."""
        ...

    @property
    def priority(self) -> int:
        """Their rank: 1 is the highest."""
        ...


def refusal_of_gift(
    actor: Giver | None, role: Role, permissions: frozenset[Permission] | None = None, *, by_rank: bool = True
) -> ErrorCode | None:
    """Why `actor` may not give that role, or `permissions` instead of the role's; None when they may.

    As `lacking_for_gift`, and never a role that ranks higher.
    """
    if actor is None:
        return None
    if role.priority < actor.priority:
        return ErrorCode.OUTRANKED
    return ErrorCode.PERMISSION_DENIED if lacking_for_gift(actor, role, permissions, by_rank=by_rank) else None


def lacking_for_gift(
    actor: Giver, role: Role, permissions: frozenset[Permission] | None = None, *, by_rank: bool = True
) -> frozenset[Permission]:
    """Which permissions `actor` would have to have to give that role, or `permissions` instead of the role's.

    What a lower role may do is its template's own decision: whoever ranks above it gives it whole. So it is for the
    seats, where nothing is done to others. Of a role on stage of the same rank, which is the rank of every role that
    names none, nobody gives what they don't have: two such roles are just different, and one is no step below the
    other. `by_rank` False: nor of a lower one.
    """
    is_free = role.level is not Level.STAGE or (by_rank and role.priority > actor.priority)
    given = role.permissions if permissions is None else permissions
    return given - actor.permissions - (role.permissions if is_free else frozenset())
