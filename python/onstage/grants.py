"""What tokens say, how they are signed and checked. HS256 only (RFC 7519, RFC 7518 §3.2).

A participant token lets one identity into one room. We sign it for a project's server, or that server signs it by
itself with one of its keys. A management token stands for a project's credentials, and is always signed by a key.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

import jwt
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import is_id
from onstage.model.permission import Permission
from onstage.model.role import MediaAllowed
from onstage.model.room_settings import RoomSettings
from onstage.model.texts import Attributes, Identity, Metadata, Name, Reference, RoomName
from onstage.model.wording import said

ALGORITHM = "HS256"
ISSUER = "onstage"
"""Who issues the tokens that we sign; a project's own are issued by its id."""
MANAGEMENT = "management"
DEFAULT_TTL = timedelta(hours=6)
LONGEST_PARTICIPANT_LIFE = timedelta(days=90)
LONGEST_MANAGEMENT_LIFE = timedelta(hours=24)
LONGEST_TOKEN_CHARS = 16_384
LONGEST_REMOVE_AFTER_S = 200_000
_LATE = timedelta(seconds=5)
"""How long past its end a token is still taken, for clocks that differ."""
_EARLY = timedelta(seconds=30)
"""How far in the future a token may be from, likewise."""
CLOCKS_DIFFER = _EARLY + _LATE
"""How much longer than its life a token is good for at the most."""
_LAST_MOMENT = 253_402_300_799  # the end of the year 9999, as `datetime` knows it


class AutoCreate(BaseModel):
    """A room that is made when the first holder of such a token joins and it is not there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    template: Reference | None = None
    title: Name | None = None
    settings: RoomSettings = RoomSettings()


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that a key's tokens may grant.

    `permissions` are all that somebody may come to hold, by the role or besides it. None with `roles`: what the role
    itself gives, and nothing besides; without: no bound.
    """

    roles: frozenset[str] | None = None
    permissions: frozenset[Permission] | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether there is any bound."""
        return self.roles is not None or self.permissions is not None

    @property
    def counts_only_besides(self) -> bool:
        """Whether it matters which permissions are the role's own, and which are given besides."""
        return self.roles is not None and self.permissions is None

    def require(self, *, role: str, own: Iterable[Permission] = (), besides: Iterable[Permission] = ()) -> None:
        """Nothing, if that role, with the permissions it has of its `own` and those given `besides`, is in bounds.

        Raises:
            OnstageError: `token_exceeds_key`.
        """
        if self.roles is not None and role not in self.roles:
            allowed = ", ".join(sorted(self.roles)) or "none"
            raise OnstageError(
                ErrorCode.TOKEN_EXCEEDS_KEY, f"The key makes no tokens for the role {role!r}.", expected=allowed
            )
        beyond = self._beyond(frozenset(own), frozenset(besides))
        if beyond:
            names = ", ".join(sorted(beyond))
            raise OnstageError(
                ErrorCode.TOKEN_EXCEEDS_KEY,
                f"The key can't give these permissions: {names}.",
                expected="none besides the role's own" if self.counts_only_besides else None,
            )

    def _beyond(self, own: frozenset[Permission], besides: frozenset[Permission]) -> frozenset[Permission]:
        if self.permissions is not None:
            return (own | besides) - self.permissions
        return besides if self.counts_only_besides else frozenset()


@dataclass(frozen=True, slots=True)
class ParticipantGrant:
    """What a participant token says: this identity may join this room in this role. `room` is an id or a name."""

    project_id: str
    room: str
    identity: str
    name: str
    role: str
    expires_at: datetime
    issued_at: datetime
    token_id: str | None = None  # `jti`, or what stands for it
    permissions: tuple[Permission, ...] = ()  # beyond the role's own
    metadata: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    join_from: datetime | None = None
    join_until: datetime | None = None
    remove_at: datetime | None = None
    remove_after_s: int | None = None
    media_allowed: MediaAllowed = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False
    auto_create: AutoCreate | None = None
    code: str | None = None  # the room code it was made for
    key_id: str | None = None  # the key that signed it, or the bounded one for which we did: then it is a claim
    bounds: Bounds = Bounds()  # of that key; no claim
    is_ours: bool = True  # signed by this server

    @property
    def made_at(self) -> datetime:
        """The earliest that it can have been made: whoever signs by themselves may have a clock ahead of ours."""
        return self.issued_at if self.is_ours else self.issued_at - _EARLY

    def removes_at(self, now: datetime) -> datetime | None:
        """When somebody who joins now is removed; the earlier of the two ways to say it."""
        after = None if self.remove_after_s is None else now + timedelta(seconds=self.remove_after_s)
        moments = [moment for moment in (self.remove_at, after) if moment is not None]
        return min(moments, default=None)

    def require_open(self, now: datetime) -> None:
        """Nothing, if the token lets its holder join now.

        Raises:
            OnstageError: `join_too_early`, `join_too_late`.
        """
        if self.join_from is not None and now < self.join_from:
            wait_s = int((self.join_from - now).total_seconds()) + 1
            raise OnstageError(
                ErrorCode.JOIN_TOO_EARLY, f"It opens at {self.join_from.isoformat()}.", retry_after_s=wait_s
            )
        ends = [moment for moment in (self.join_until, self.remove_at) if moment is not None]
        if ends and now >= min(ends):
            raise OnstageError(ErrorCode.JOIN_TOO_LATE, f"It closed at {min(ends).isoformat()}.")


@dataclass(frozen=True, slots=True)
class Unproven:
    """Who a token says it is from. Only to find the key with which to check that."""

    project_id: str
    key_id: str | None
    is_ours: bool  # signed by this server, or so it says
    is_management: bool


_NumericDate = Annotated[int | float, Field(ge=0, le=_LAST_MOMENT, allow_inf_nan=False)]
_Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]


class _Claims(BaseModel):
    """What every token says. Strict: a claim of another type is no claim; those we don't know are passed over."""

    model_config = ConfigDict(extra="ignore", strict=True)

    iss: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    iat: _NumericDate
    exp: _NumericDate
    nbf: _NumericDate = 0
    jti: _Id | None = None


class _ManagementClaims(_Claims):
    type: Literal["management"]


class _ParticipantClaims(_Claims):
    type: Literal["participant"] = "participant"
    project: str | None = None
    room: RoomName
    sub: Identity
    name: Name | Literal[""] = ""
    role: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    permissions: Annotated[list[Annotated[Permission, Field(strict=False)]], Field(max_length=100)] = []
    metadata: Metadata = {}
    attributes: Attributes = {}
    join_from: _NumericDate | None = None
    join_until: _NumericDate | None = None
    remove_at: _NumericDate | None = None
    remove_after_s: Annotated[int, Field(ge=1, le=LONGEST_REMOVE_AFTER_S)] | None = None
    media_allowed: Annotated[MediaAllowed, Field(strict=False)] = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False
    auto_create: Annotated[AutoCreate, Field(strict=False)] | None = None
    code: Annotated[str, StringConstraints(pattern=r"^[0-9a-z-]{1,20}$")] | None = None
    key: _Id | None = None  # believed where we signed


_UNPROVEN = (
    "None of the keys that it may be signed with has signed it. Of a token of your own, look at `iss` (the project's "
    "id), `kid` in the header (the key's id, if given), and the secret."
)
"""One text for an unknown project, an unknown key and a wrong signature, so that none tells what is there."""

AnyClaims = TypeVar("AnyClaims", bound=_Claims)

# The library proves the signature; the claims are ours to check, by our clock (invariant 7).
_NO_CLAIMS: jwt.types.Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_sub": False,
    "verify_jti": False,
}


def peek(token: str) -> Unproven:
    """Whose key the token has to be checked with; nothing of it is proven yet.

    Raises:
        OnstageError: `token_invalid`.
    """
    if len(token) > LONGEST_TOKEN_CHARS:
        raise OnstageError(ErrorCode.TOKEN_INVALID, expected=f"at most {LONGEST_TOKEN_CHARS} characters")
    try:
        whole = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError) as cause:
        raise OnstageError(ErrorCode.TOKEN_INVALID) from cause
    header, claims = whole["header"], whole["payload"]
    issuer, key_id = claims.get("iss"), header.get("kid")
    is_ours = issuer == ISSUER and key_id is None
    project = claims.get("project") if is_ours else issuer
    if header.get("alg") != ALGORITHM:
        raise OnstageError(ErrorCode.TOKEN_INVALID, "Only HS256 is accepted.", expected="`alg` HS256 in the header")
    if not is_id(project) or not isinstance(key_id, str | None):
        raise OnstageError(ErrorCode.TOKEN_INVALID, _UNPROVEN)
    return Unproven(project, key_id, is_ours, claims.get("type") == MANAGEMENT)


def sign(grant: ParticipantGrant, secret: bytes) -> str:
    """The token for `grant`, signed by this server."""
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "iat": _numeric(grant.issued_at),
        "exp": _numeric(grant.expires_at),
        "jti": grant.token_id,
        "sub": grant.identity,
        "project": grant.project_id,
        "room": grant.room,
        "name": grant.name,
        "role": grant.role,
        "permissions": list(grant.permissions),
        "metadata": grant.metadata,
        "attributes": grant.attributes,
        "join_from": _numeric(grant.join_from),
        "join_until": _numeric(grant.join_until),
        "remove_at": _numeric(grant.remove_at),
        "remove_after_s": grant.remove_after_s,
        "media_allowed": None if grant.media_allowed is MediaAllowed.ALL else grant.media_allowed.value,
        "join_audio_muted": grant.join_audio_muted or None,
        "join_video_muted": grant.join_video_muted or None,
        "auto_create": grant.auto_create and grant.auto_create.model_dump(mode="json", exclude_defaults=True),
        "code": grant.code,
        "key": grant.key_id,
    }
    said = {name: claim for name, claim in claims.items() if claim is not None}
    return jwt.encode(said, secret, algorithm=ALGORITHM)


def signed_by(token: str, secrets: Sequence[bytes]) -> bytes:
    """Which of the secrets signed the token; with a single one, that, for the check to come.

    Raises:
        OnstageError: `token_invalid`, if none of them did.
    """
    if len(secrets) == 1:
        return secrets[0]
    for secret in secrets:
        try:
            jwt.decode(token, secret, algorithms=[ALGORITHM], options=_NO_CLAIMS)
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
            break
        return secret
    raise OnstageError(ErrorCode.TOKEN_INVALID, _UNPROVEN)


def verify(token: str, secret: bytes, *, now: datetime) -> ParticipantGrant:
    """What a participant token grants that was signed with `secret` and is not past its time.

    Raises:
        OnstageError: `token_invalid`, or `token_expired` for one that was good.
    """
    claims = _proven(token, secret, _ParticipantClaims)
    if (claims.iss == ISSUER) is not (claims.project is not None):
        raise OnstageError(ErrorCode.TOKEN_INVALID)
    _require_in_time(claims, LONGEST_PARTICIPANT_LIFE, now)
    return ParticipantGrant(
        project_id=claims.project or claims.iss,
        room=claims.room,
        identity=claims.sub,
        name=claims.name,
        role=claims.role,
        expires_at=_moment(claims.exp),
        issued_at=_moment(claims.iat),
        token_id=claims.jti or _digest(token),
        permissions=tuple(claims.permissions),
        metadata=claims.metadata,
        attributes=claims.attributes,
        join_from=None if claims.join_from is None else _moment(claims.join_from),
        join_until=None if claims.join_until is None else _moment(claims.join_until),
        remove_at=None if claims.remove_at is None else _moment(claims.remove_at),
        remove_after_s=claims.remove_after_s,
        media_allowed=claims.media_allowed,
        join_audio_muted=claims.join_audio_muted,
        join_video_muted=claims.join_video_muted,
        auto_create=claims.auto_create,
        code=claims.code,
        key_id=claims.key,
        is_ours=claims.iss == ISSUER,
    )


def _digest(token: str) -> str:
    """What tells a token without a `jti` from others: of what is signed, as a signature can be written in many ways."""
    return hashlib.sha256(token.rpartition(".")[0].encode()).hexdigest()


def verify_management(token: str, secret: bytes, *, now: datetime) -> str:
    """The project whose management token was signed with `secret`, if it is not past its time.

    Raises:
        OnstageError: `token_invalid`, or `token_expired` for one that was good.
    """
    claims = _proven(token, secret, _ManagementClaims)
    _require_in_time(claims, LONGEST_MANAGEMENT_LIFE, now)
    return claims.iss


def _proven(token: str, secret: bytes, kind: type[AnyClaims]) -> AnyClaims:
    try:
        claims = jwt.decode(token, secret, algorithms=[ALGORITHM], options=_NO_CLAIMS)
        return kind.model_validate(claims)
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, RecursionError) as cause:
        raise OnstageError(ErrorCode.TOKEN_INVALID, _what_is_wrong(cause)) from cause


def _what_is_wrong(error: Exception) -> str:
    """Which claim is wrong, for whoever signs tokens by themselves; it was signed by their key."""
    if not isinstance(error, ValidationError):
        return _UNPROVEN
    first = error.errors(include_input=False)[0]
    return f"The claim `{first['loc'][0]}` is wrong: {said(first)}."


def _require_in_time(claims: _Claims, longest: timedelta, now: datetime) -> None:
    begins, ends = _moment(max(claims.iat, claims.nbf)), _moment(claims.exp)
    if begins > now + _EARLY:
        raise OnstageError(ErrorCode.TOKEN_INVALID, f"The token is from the future: {begins.isoformat()}.")
    if ends - _moment(claims.iat) > longest:
        raise OnstageError(
            ErrorCode.TOKEN_INVALID,
            "The token lives for too long.",
            expected=f"`exp` at most {int(longest.total_seconds())} s after `iat`",
        )
    if now > ends + _LATE:
        raise OnstageError(ErrorCode.TOKEN_EXPIRED, f"The token expired at {ends.isoformat()}.")


def _moment(numeric: float) -> datetime:
    return datetime.fromtimestamp(numeric, tz=UTC)


def _numeric(moment: datetime | None) -> int | float | None:
    """Seconds since 1970, to the millisecond: a token made right after a revocation is told from one before."""
    if moment is None:
        return None
    seconds = round(moment.timestamp(), 3)
    return int(seconds) if seconds.is_integer() else seconds
