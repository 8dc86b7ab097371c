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


def refusal_of_gift(
    actor: Person | None, role: Role, permissions: frozenset[Permission] | None = None
) -> ErrorCode | None:
    """Why `actor` may not give that role; None when they may. Nobody gives what they don't have.

    What a role of the seats may do is its template's own decision; it counts only where `permissions` are named
    instead of the role's.
    """
    if actor is None:
        return None
    if role.priority < actor.priority:
        return ErrorCode.OUTRANKED
    given = permissions
    if given is None:
        given = role.permissions if role.level is Level.STAGE else frozenset()
    return None if given <= actor.permissions else ErrorCode.PERMISSION_DENIED
