"""Cache-Control of every kind of answer (RFC 8216bis appendix B.1), in one table."""

from enum import Enum, auto

IMMUTABLE = "public, max-age=31536000, immutable"
MULTIVARIANT = "public, max-age=1"
UNKNOWN = "public, max-age=1"
"""For answers about what is not there (yet), where no target duration is known."""
NOBODY_KEEPS = "no-store"
"""For what the gate refuses: a cache that leaves the token out of its key would refuse everybody with it."""
ALLOWED_FOR_S = 5
ALLOWED = f"public, max-age={ALLOWED_FOR_S}"
"""For the answer that a token is good: so long at most a cache goes on with one that was revoked."""


class Kind(Enum):
    """What was asked for."""

    PLAIN_PLAYLIST = auto()
    BLOCKING_PLAYLIST = auto()
    MEDIA = auto()


def cache_control(kind: Kind, *, is_ok: bool, target_duration_s: int) -> str:
    """The header's value.

    A playlist with directives names one state of the list for ever, so caches may keep it long; the plain one may be
    half a target duration old. Media never changes under its name. An error must not outlive what it was about.
    """
    match kind, is_ok:
        case Kind.MEDIA, True:
            return IMMUTABLE
        case Kind.BLOCKING_PLAYLIST, True:
            seconds = 6 * target_duration_s
        case Kind.BLOCKING_PLAYLIST, False:
            seconds = 4 * target_duration_s
        case Kind.PLAIN_PLAYLIST, True:
            seconds = max(1, target_duration_s // 2)
        case _:
            seconds = target_duration_s
    return f"public, max-age={seconds}"
