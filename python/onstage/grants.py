"""Participant tokens: what they allow, how they are signed and checked. HS256 only (RFC 7519, RFC 7518 §3.2)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt

from onstage.errors import ErrorCode, OnstageError
from onstage.model.permission import Permission

ALGORITHM = "HS256"
ISSUER = "onstage"
DEFAULT_TTL = timedelta(hours=6)
_LEEWAY_S = 5


@dataclass(frozen=True, slots=True)
class ParticipantGrant:
    """What a participant token says: this identity may join this room in this role."""

    project_id: str
    room_id: str
    identity: str
    name: str
    role: str
    expires_at: datetime
    permissions: tuple[Permission, ...] = ()  # beyond the role's own
    metadata: dict[str, Any] = field(default_factory=dict)


def sign(grant: ParticipantGrant, secret: bytes, *, now: datetime) -> str:
    """The token for `grant`."""
    claims = {
        "iss": ISSUER,
        "iat": int(now.timestamp()),
        "exp": int(grant.expires_at.timestamp()),
        "sub": grant.identity,
        "project": grant.project_id,
        "room": grant.room_id,
        "name": grant.name,
        "role": grant.role,
        "permissions": list(grant.permissions),
        "metadata": grant.metadata,
    }
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def verify(token: str, secret: bytes, *, now: datetime) -> ParticipantGrant:
    """The grant of a token that is ours and not past its time.

    Raises:
        OnstageError: `token_invalid`, or `token_expired` for one that was ours.
    """
    # The library's own check of `exp` reads the machine's clock; ours is handed in (invariant 7).
    options: jwt.types.Options = {
        "require": ["iss", "iat", "exp", "sub", "project", "room", "role"],
        "verify_exp": False,
        "verify_iat": False,
    }
    try:
        claims = jwt.decode(token, secret, algorithms=[ALGORITHM], issuer=ISSUER, options=options)
        grant = ParticipantGrant(
            project_id=claims["project"],
            room_id=claims["room"],
            identity=claims["sub"],
            name=claims.get("name", ""),
            role=claims["role"],
            expires_at=datetime.fromtimestamp(claims["exp"], tz=now.tzinfo),
            permissions=tuple(Permission(one) for one in claims.get("permissions", [])),
            metadata=claims.get("metadata", {}),
        )
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError) as cause:
        raise OnstageError(ErrorCode.TOKEN_INVALID) from cause
    if now > grant.expires_at + timedelta(seconds=_LEEWAY_S):
        raise OnstageError(ErrorCode.TOKEN_EXPIRED, f"The token expired at {grant.expires_at.isoformat()}.")
    return grant
