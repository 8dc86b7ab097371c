"""What calls of a kind can be refused with, for OpenAPI.

Exact: `tests/api/test_every_answer.py` has every operation give each of these, and nothing else.
"""

from onstage.errors import ErrorCode as E

_OF_CALLER = (
    E.CREDENTIALS_MISSING,
    E.CREDENTIALS_INVALID,
    E.TOKEN_INVALID,
    E.TOKEN_EXPIRED,
    E.TOKEN_REVOKED,
    E.TOKEN_EXCEEDS_KEY,
    E.ORIGIN_NOT_ALLOWED,
    E.ROOM_NOT_FOUND,  # also where no room is named: the one that the token is for
    E.RATE_LIMITED,
    E.MALFORMED,
)
FOR_TOKENS = (*_OF_CALLER, E.PERMISSION_DENIED)
"""What only a server asks for, and a participant is refused; a key that only makes tokens will do."""
OF_PROJECT = (*FOR_TOKENS, E.KEY_BOUNDED)
"""The same, with a key that may do everything."""
_IN_OWN_ROOM = (*_OF_CALLER, E.PARTICIPANT_REMOVED, E.SESSION_ENDED, E.PARTICIPANT_LEFT)
_WITH_A_PERMISSION = (E.PERMISSION_DENIED, E.NOT_ON_STAGE)
IN_ROOM = (*_IN_OWN_ROOM, E.TOKEN_WRONG_ROOM, E.KEY_BOUNDED)
"""What everybody in the room may ask for."""
FROM_SEATS = (*IN_ROOM, E.PERMISSION_DENIED)
"""What takes a permission, on stage and in the seats."""
FROM_STAGE = (*IN_ROOM, *_WITH_A_PERMISSION)
"""What takes a permission and a place on stage."""
ON_CODES = (*_IN_OWN_ROOM, E.TOKEN_WRONG_ROOM, *_WITH_A_PERMISSION)
"""The same, but that a key that only makes tokens will do."""
ON_OTHERS = (*FROM_STAGE, E.PARTICIPANT_NOT_FOUND, E.OUTRANKED)
"""What is done to somebody."""
IN_ROOM_OF_BROADCAST = (*_IN_OWN_ROOM, E.KEY_BOUNDED, E.BROADCAST_NOT_FOUND)
"""A broadcast of another room is not found."""
ON_BROADCAST = (*IN_ROOM_OF_BROADCAST, *_WITH_A_PERMISSION)
ON_WEBHOOK = (*OF_PROJECT, E.WEBHOOK_NOT_FOUND)
