"""Tokens made without a call: your server signs them with a project key (docs/guides/tokens-and-roles.md)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

_ALGORITHM = "HS256"  # RFC 7518 §3.2; the server takes no other


@dataclass(frozen=True, slots=True)
class ProjectKey:
    """A project's key: what `POST /v1/keys` answered, or `onstage project create` printed."""

    project_id: str
    key_id: str
    secret: str = field(repr=False)

    def participant_token(
        self,
        room: str,
        identity: str,
        role: str,
        *,
        name: str = "",
        permissions: Sequence[str] = (),
        metadata: Mapping[str, Any] | None = None,
        ttl: timedelta = timedelta(hours=6),
        now: datetime | None = None,
        **claims: Any,
    ) -> str:
        """A token with which `identity` joins the room, as `POST /v1/rooms/{room}/tokens` would make it.

        Args:
            room: Id or name.
            identity: Who this is, in your app; the same identity is the same participant.
            role: A role of the room's template, within what the key may grant.
            name: The name others see; `identity` when empty.
            permissions: On top of the role's.
            metadata: What others see of them besides, at most 8 kB as JSON.
            ttl: How long one can join with it.
            now: When it is issued; the machine's clock when None.
            claims: Further claims by their names in the guide, as `join_from`, `remove_at`, `auto_create`.
        """
        said = {
            "type": "participant",
            "room": room,
            "sub": identity,
            "name": name or identity,
            "role": role,
            "permissions": list(permissions),
            "metadata": dict(metadata or {}),
        }
        return self._signed(said | claims, ttl, now)

    def management_token(self, *, ttl: timedelta = timedelta(hours=1), now: datetime | None = None) -> str:
        """A token that may do all the key may, for a part of your system that should not hold the secret."""
        return self._signed({"type": "management"}, ttl, now)

    def _signed(self, claims: Mapping[str, Any], ttl: timedelta, now: datetime | None) -> str:
        issued = now or datetime.now(UTC)
        # To the millisecond: a token made right after a revocation is told from one before.
        times = {"iat": round(issued.timestamp(), 3), "exp": round((issued + ttl).timestamp(), 3)}
        whole = {**claims, **times, "iss": self.project_id, "jti": str(uuid.uuid4())}
        return jwt.encode(whole, self.secret, algorithm=_ALGORITHM, headers={"kid": self.key_id})
