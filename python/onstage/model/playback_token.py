"""Playback tokens: signed and read. HS256 only (RFC 7519, RFC 7518 §3.2), with a key that signs nothing else."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from onstage.errors import ErrorCode, OnstageError
from onstage.model.playback import PlaybackGrant

ALGORITHM = "HS256"
LONGEST_CHARS = 1_024
MOST_KNOWN = 16_384
"""Proven tokens that are remembered: each viewer asks several times a second."""
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]
_Seconds = Annotated[int | float, Field(ge=0, le=253_402_300_799, allow_inf_nan=False)]
# The library proves the signature; the rest is ours to check, by our clock (invariant 7).
_NO_CLAIMS: jwt.types.Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_sub": False,
    "verify_jti": False,
}


class _Claims(BaseModel):
    """Strict, and nothing besides: we alone write them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    room: _Id
    jti: _Id
    iat: _Seconds
    exp: _Seconds
    sub: _Id | None = None
    via: _Id | None = None
    key: _Id | None = None


def sign(grant: PlaybackGrant, key: bytes) -> str:
    """The token for `grant`."""
    claims: dict[str, Any] = {
        "room": grant.room_id,
        "jti": grant.token_id,
        "iat": _numeric(grant.issued_at),
        "exp": _numeric(grant.expires_at),
        "sub": grant.holder,
        "via": grant.via,
        "key": grant.key_id,
    }
    said = {name: claim for name, claim in claims.items() if claim is not None}
    return jwt.encode(said, key, algorithm=ALGORITHM)


class PlaybackTokens:
    """Reads tokens; what it has proven once it remembers, the last `MOST_KNOWN`. What is none it forgets."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """`keys` are those that may have signed."""
        self._keys = tuple(keys)
        self._known: OrderedDict[str, PlaybackGrant] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def read(self, token: str, now: datetime) -> PlaybackGrant:
        """What the token grants, if it is one of ours and not past its time.

        Raises:
            OnstageError: `playback_token_invalid`, `playback_token_expired`.
        """
        grant = self._known.get(token)
        if grant is None:
            grant = self._remembered(token, self._proven(token))
        if now >= grant.expires_at:
            self._known.pop(token, None)
            raise OnstageError(ErrorCode.PLAYBACK_TOKEN_EXPIRED, f"It expired at {grant.expires_at.isoformat()}.")
        return grant

    def _remembered(self, token: str, grant: PlaybackGrant) -> PlaybackGrant:
        self._known[token] = grant
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return grant

    def _proven(self, token: str) -> PlaybackGrant:
        if len(token) > LONGEST_CHARS:
            raise OnstageError(ErrorCode.PLAYBACK_TOKEN_INVALID, expected=f"at most {LONGEST_CHARS} characters")
        for key in self._keys:
            try:
                claims = jwt.decode(token, key, algorithms=[ALGORITHM], options=_NO_CLAIMS)
                return _grant(_Claims.model_validate(claims))
            except jwt.InvalidSignatureError:
                continue
            except (jwt.InvalidTokenError, ValidationError, ValueError, TypeError, OverflowError, RecursionError):
                break
        raise OnstageError(ErrorCode.PLAYBACK_TOKEN_INVALID)


def _grant(claims: _Claims) -> PlaybackGrant:
    return PlaybackGrant(
        room_id=claims.room,
        token_id=claims.jti,
        issued_at=datetime.fromtimestamp(claims.iat, tz=UTC),
        expires_at=datetime.fromtimestamp(claims.exp, tz=UTC),
        holder=claims.sub,
        via=claims.via,
        key_id=claims.key,
    )


def _numeric(moment: datetime) -> int | float:
    """Seconds since 1970, in whole milliseconds, rounded down: what was made before is never taken for newer."""
    milliseconds = (moment - _EPOCH) // _MILLISECOND
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000
