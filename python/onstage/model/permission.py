"""Permissions: what a participant may do now. The names are those of the gateway's requests (design §9)."""

from enum import StrEnum


class Permission(StrEnum):
    """Dotted strings; a role holds a set of them, a promotion may change it."""

    PARTICIPANT_PROMOTE = "participant.promote"
    PARTICIPANT_DEMOTE = "participant.demote"
    PARTICIPANT_MUTE = "participant.mute"
    PARTICIPANT_REMOVE = "participant.remove"
    PARTICIPANT_LIST = "participant.list"
    INVITE_CANCEL = "invite.cancel"
    HAND_RAISE = "hand.raise"
    HAND_LOWER = "hand.lower"
    MESSAGE_SEND = "message.send"
    BROADCAST_START = "broadcast.start"
    BROADCAST_UPDATE = "broadcast.update"
    BROADCAST_STOP = "broadcast.stop"
    ROOM_UPDATE = "room.update"
    ROOM_END = "room.end"


ALL_PERMISSIONS = frozenset(Permission)

# What may be done from the seats. Everything else needs a place on stage as well as the permission (design §4).
SEAT_PERMISSIONS = frozenset({Permission.HAND_RAISE, Permission.MESSAGE_SEND, Permission.PARTICIPANT_LIST})
