"""A live target's URL: checked by the guard, parted into what is shown and what is secret, and sealed."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from onstage.actions.context import Context
from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.model.targets import TargetUrl
from onstage.outbound import RTMP
from onstage.sealing import SealedWithUnknownSecretError

_SEALED: TypeAdapter[TargetUrl] = TypeAdapter(TargetUrl)


@dataclass(frozen=True, slots=True)
class NewTarget:
    """Where somebody wants the show: the key is given by itself, or is the URL's last part."""

    url: str
    stream_key: str | None = None

    def __repr__(self) -> str:
        """Without either, for the URL may hold the key."""
        return "NewTarget()"


async def checked_target(ctx: Context, new: NewTarget, *, path: str) -> TargetUrl:
    """The target, to which the server may connect now; `path` names the field of the body in errors.

    Raises:
        OnstageError: `url_not_allowed`; `malformed` for one without an application or a key.
    """
    allowed = await ctx.outbound.guard.check(new.url, path=f"{path}url", schemes=RTMP)
    parts = urlsplit(new.url, allow_fragments=False)  # as given: the guard's normal form would change the key
    app, key = parts.path.strip("/"), new.stream_key
    query = f"?{parts.query}" if parts.query else ""
    if key is None:
        app, _, key = app.rpartition("/")
        key, query = key + query, ""
    if not app or not key:
        problem = FieldProblem(f"{path}url", "names no application and stream key: rtmps://host/app/key")
        raise OnstageError(ErrorCode.MALFORMED, errors=[problem])
    return TargetUrl(parts.scheme.lower(), allowed.host, allowed.port, app, key=key, query=query)


def sealed(ctx: Context, target: TargetUrl) -> str:
    """The target as it is kept."""
    return ctx.keyring.seal(_SEALED.dump_json(target).decode())


def unsealed(ctx: Context, text: str) -> TargetUrl | None:
    """The target that was kept; None when none of the server's secrets sealed it."""
    try:
        return _SEALED.validate_json(ctx.keyring.unseal(text))
    except SealedWithUnknownSecretError:
        return None
