"""Every error Onstage answers with, in one table.

Docs, OpenAPI and the SDK's list of codes are generated from `ErrorCode`; `make lint` checks them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class ErrorSpec:
    """One kind of failure: what a caller branches on, and what a person reads."""

    status: int
    title: str
    fix: str


class ErrorCode(Enum):
    """The stable codes. The member's name in lower case is the `code` on the wire."""

    # 401 / 403: who you are, what you may do
    CREDENTIALS_MISSING = ErrorSpec(
        401, "No credentials were sent.", "Send HTTP Basic `project_id:secret`, or `Bearer <participant token>`."
    )
    CREDENTIALS_INVALID = ErrorSpec(
        401,
        "The credentials are not valid.",
        "Check the project id and secret; `onstage project create` makes new ones.",
    )
    TOKEN_INVALID = ErrorSpec(
        401, "The participant token is not valid.", "Ask your server for a new token: POST /v1/rooms/{room}/tokens."
    )
    TOKEN_EXPIRED = ErrorSpec(
        401, "The participant token has expired.", "Ask your server for a new token: POST /v1/rooms/{room}/tokens."
    )
    PERMISSION_DENIED = ErrorSpec(
        403,
        "This caller may not do that.",
        "Give the participant's role the permission, or call with project credentials.",
    )
    NOT_ON_STAGE = ErrorSpec(
        403, "Only a participant on stage may do that.", "Let a host on stage, or your server, make the call."
    )
    TOKEN_WRONG_ROOM = ErrorSpec(
        403, "The token belongs to another room.", "Use the token that was made for this room."
    )
    PARTICIPANT_REMOVED = ErrorSpec(
        403,
        "This participant was removed from the session.",
        "Only your server can let them in again, with a new identity.",
    )
    # 404
    ROOM_NOT_FOUND = ErrorSpec(404, "There is no such room.", "Check the id or name; GET /v1/rooms lists them.")
    ROOM_CODE_NOT_FOUND = ErrorSpec(404, "There is no such room code.", "Ask for a new link; codes can be revoked.")
    TEMPLATE_NOT_FOUND = ErrorSpec(404, "There is no such template.", "GET /v1/templates lists the project's.")
    PARTICIPANT_NOT_FOUND = ErrorSpec(
        404, "There is no such participant here.", "GET /v1/rooms/{room}/participants lists who is."
    )
    INVITE_NOT_FOUND = ErrorSpec(404, "There is no such invite.", "GET /v1/rooms/{room}/invites lists the open ones.")
    BROADCAST_NOT_FOUND = ErrorSpec(
        404, "There is no such broadcast.", "GET /v1/rooms/{room}/broadcasts lists the room's."
    )
    BROADCAST_NOT_LIVE = ErrorSpec(404, "Nothing is live here yet.", "Try again after `Retry-After` seconds.")
    MEDIA_NOT_FOUND = ErrorSpec(404, "There is no such playlist, segment or part.", "Load the playlist again.")
    TRACK_NOT_FOUND = ErrorSpec(404, "There is no such track.", "Look at the participant's tracks first.")
    ROUTE_NOT_FOUND = ErrorSpec(404, "There is nothing at this address.", "See /openapi.json for the routes.")
    METHOD_NOT_ALLOWED = ErrorSpec(405, "This address does not take that method.", "See /openapi.json for the routes.")
    # 409: the state forbids it
    PARTICIPANT_LEFT = ErrorSpec(
        409, "This participant has left the session.", "Join again: POST /v1/join with the same token."
    )
    ROOM_NAME_TAKEN = ErrorSpec(409, "The project has a room of this name.", "Choose another name, or use that room.")
    ROOM_LOCKED = ErrorSpec(409, "The room is locked.", "PATCH the room with `locked: false`.")
    SESSION_ENDED = ErrorSpec(409, "The session is over.", "Join again to open a new session.")
    ALREADY_ON_STAGE = ErrorSpec(409, "The participant is already on stage.", "Nothing to do.")
    NOT_PROMOTED = ErrorSpec(
        409,
        "The participant is not on stage, so cannot be sent back.",
        "Only participants of level `stage` are demoted.",
    )
    STAGE_FULL = ErrorSpec(409, "The role has no free place.", "Send somebody back, or raise the role's limit.")
    ROLE_NOT_ON_STAGE = ErrorSpec(
        409,
        "The role is not of the level this call needs.",
        "Promote to a role of level `stage`; demote to one below it.",
    )
    INVITE_CLOSED = ErrorSpec(409, "The invite was already answered, cancelled, or has expired.", "Make a new invite.")
    HAND_NOT_RAISABLE = ErrorSpec(
        409, "This participant is on stage already.", "Only people in the seats raise a hand."
    )
    BROADCAST_ACTIVE = ErrorSpec(
        409, "The room has a broadcast running.", "Stop it first: POST /v1/broadcasts/{id}/stop."
    )
    BROADCAST_OVER = ErrorSpec(409, "The broadcast is over.", "Start another: POST /v1/rooms/{room}/broadcasts.")
    IDEMPOTENCY_CONFLICT = ErrorSpec(
        409, "The Idempotency-Key was used for another request.", "Use a new key for a new request."
    )
    IDEMPOTENCY_IN_PROGRESS = ErrorSpec(
        409, "The first request with this Idempotency-Key is still running.", "Wait for its answer and try again."
    )
    # 400 / 413 / 422
    MALFORMED = ErrorSpec(422, "The request has wrong or missing fields.", "See `errors` for each field.")
    UNKNOWN_ROLE = ErrorSpec(422, "The template has no such role.", "Use one of the roles named in `expected`.")
    UNKNOWN_REQUEST = ErrorSpec(422, "The gateway knows no such request.", "See protocol/asyncapi.json for the names.")
    BODY_NOT_JSON = ErrorSpec(400, "The body is not JSON.", "Send `Content-Type: application/json` and a JSON object.")
    BODY_TOO_LARGE = ErrorSpec(413, "The body is too large.", "Send less than the limit in `expected`.")
    HLS_DIRECTIVE_INVALID = ErrorSpec(
        400, "The _HLS_ directive cannot be served.", "Load the playlist without directives, then follow it."
    )
    # 5xx
    HLS_TIMEOUT = ErrorSpec(503, "No new part came in time.", "Load the playlist again without directives.")
    CAPACITY_EXHAUSTED = ErrorSpec(
        503, "This machine has no room for another broadcast.", "Stop one, or raise `ONSTAGE_MAX_BROADCASTS`."
    )
    ENGINE_UNAVAILABLE = ErrorSpec(503, "The media engine does not answer.", "Try again; see the server's log.")
    STORE_UNAVAILABLE = ErrorSpec(503, "The database does not answer.", "Try again; see the server's log.")
    INTERNAL = ErrorSpec(500, "Something broke on our side.", "Report it with the `request_id`.")

    @property
    def code(self) -> str:
        """The code as it stands in JSON."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field: where (a dotted path) and what is wrong with it."""

    path: str
    problem: str


class OnstageError(Exception):
    """A failure a caller can act on. Doors turn it into `application/problem+json` (RFC 9457)."""

    def __init__(
        self,
        code: ErrorCode,
        detail: str = "",
        *,
        expected: str | None = None,
        errors: Sequence[FieldProblem] = (),
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(f"{code.code}: {detail or code.value.title}")
        self.code = code
        self.detail = detail or code.value.title
        self.expected = expected
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return self.code.value.status

    def problem(self) -> dict[str, object]:
        """The body of the answer."""
        spec = self.code.value
        return {
            "code": self.code.code,
            "title": spec.title,
            "detail": self.detail,
            "status": spec.status,
            "expected": self.expected,
            "fix": spec.fix,
            "errors": [{"path": one.path, "problem": one.problem} for one in self.errors],
        }


class StartError(Exception):
    """Onstage cannot start. The text is one line for the person at the terminal; the exit code is not 0."""
