"""No address that nobody can read: what is no UTF-8, or holds a NUL, names nothing and is in no database."""

from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from onstage.api.problems import problem_response
from onstage.errors import ErrorCode, FieldProblem, OnstageError


class Legible:
    """Answers 404 to a path, and 422 to a query, with a NUL or bytes that are no UTF-8 (RFC 3986 §2.5).

    PostgreSQL refuses a NUL in a parameter with an error of its own, which would be a crash of ours.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        error = _problem(scope) if scope["type"] == "http" else None
        answer = self._app if error is None else problem_response(error, Headers(scope=scope))
        await answer(scope, receive, send)


def _problem(scope: Scope) -> OnstageError | None:
    if not (_is_legible(scope["raw_path"]) and _is_text(scope["path"])):
        return OnstageError(ErrorCode.ROUTE_NOT_FOUND, "The path holds a NUL, or bytes that are no UTF-8.")
    if not _is_legible(scope["query_string"]):
        problem = FieldProblem(_name_of_illegible(scope["query_string"]), "holds a NUL, or bytes that are no UTF-8")
        return OnstageError(ErrorCode.MALFORMED, errors=[problem])
    return None


def _is_legible(quoted: bytes) -> bool:
    if b"%" not in quoted and quoted.isascii():
        return b"\0" not in quoted
    try:
        return "\0" not in unquote_to_bytes(quoted).decode()
    except UnicodeDecodeError:
        return False


def _is_text(path: str) -> bool:
    """Whether the path, decoded by the server or a proxy in front, holds no NUL and no half of a surrogate pair."""
    return "\0" not in path and not any("\ud800" <= char <= "\udfff" for char in path)


def _name_of_illegible(query: bytes) -> str:
    """The parameter's name, if that at least can be read."""
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="surrogateescape"):
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            return name if _is_text(name) else "query"
    return "query"
