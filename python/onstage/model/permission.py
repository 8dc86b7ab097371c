"""Permissions: what a participant may do now. The names are those of the gateway's requests (design §9).

What each takes besides having it stands in `authority.py`.
"""

from enum import StrEnum


class Permission(StrEnum):
    """Dotted strings; a role holds a set of them, a promotion may change it."""

    PARTICIPANT_PROMOTE = "participant.promote"
    PARTICIPANT_DEMOTE = "participant.demote"
    PARTICIPANT_SET_ROLE = "participant.set_role"
    PARTICIPANT_MUTE = "participant.mute"
    PARTICIPANT_REQUEST_UNMUTE = "participant.request_unmute"
    PARTICIPANT_MUTE_CHAT = "participant.mute_chat"
    PARTICIPANT_SET_BACKSTAGE = "participant.set_backstage"
    PARTICIPANT_REMOVE = "participant.remove"
    PARTICIPANT_BAN = "participant.ban"
    PARTICIPANT_UPDATE = "participant.update"
    PARTICIPANT_LIST = "participant.list"
    INVITE_CANCEL = "invite.cancel"
    HAND_RAISE = "hand.raise"
    HAND_LOWER = "hand.lower"
    MESSAGE_SEND = "message.send"
    MESSAGE_DELETE = "message.delete"
    MESSAGE_PIN = "message.pin"
    REACTION_SEND = "reaction.send"
    CUSTOM_SEND = "custom.send"
    STATE_SET = "state.set"
    POLL_CREATE = "poll.create"
    POLL_START = "poll.start"
    POLL_STOP = "poll.stop"
    POLL_VOTE = "poll.vote"
    BROADCAST_START = "broadcast.start"
    BROADCAST_UPDATE = "broadcast.update"
    BROADCAST_STOP = "broadcast.stop"
    METADATA_SEND = "metadata.send"
    CAPTION_SEND = "caption.send"
    MEDIA_PLAY = "media.play"
    ROOM_UPDATE = "room.update"
    ROOM_END = "room.end"


ALL_PERMISSIONS = frozenset(Permission)
