"""Every error Onstage answers with, in one table.

Docs, OpenAPI and the SDK's list of codes are generated from `ErrorCode`; `make lint` checks them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class ErrorSpec:
    """One kind of failure: what a caller branches on, and what a person reads. `is_timed`: it says when it is over."""

    status: int
    title: str
    fix: str
    is_timed: bool = False


class ErrorCode(Enum):
    """The stable codes. The member's name in lower case is the `code` on the wire."""

    # 401 / 403: who you are, what you may do
    CREDENTIALS_MISSING = ErrorSpec(
        401,
        "No credentials were sent.",
        "Send an `Authorization` header: HTTP Basic `project_id:secret`, `Bearer <token>`, or what `expected` says.",
    )
    CREDENTIALS_INVALID = ErrorSpec(
        401,
        "The credentials are not valid.",
        "Check the secret, and whose it is. A key may be revoked: `onstage project add-key` makes another; "
        "the operator's own secrets stand in the server's settings.",
    )
    TOKEN_INVALID = ErrorSpec(
        401,
        "The token is not valid.",
        "Get a new one: your server asks POST /v1/rooms/{room}/tokens, or signs one (HS256) with a key that is live.",
    )
    TOKEN_EXPIRED = ErrorSpec(
        401, "The token has expired.", "Get a new one: your server asks POST /v1/rooms/{room}/tokens, or signs one."
    )
    TOKEN_REVOKED = ErrorSpec(
        401,
        "The token was revoked, or the key behind it.",
        "Get a new one: your server asks POST /v1/rooms/{room}/tokens, or signs one (HS256) with a key that is live.",
    )
    TOKEN_EXCEEDS_KEY = ErrorSpec(
        403,
        "The token grants more than its key may.",
        "Grant less, or use a key with wider `roles` and `permissions`: GET /v1/keys lists them.",
    )
    KEY_BOUNDED = ErrorSpec(
        403, "This key only makes tokens and room codes.", "Call with a key that has neither `roles` nor `permissions`."
    )
    ORIGIN_NOT_ALLOWED = ErrorSpec(
        403,
        "Pages of this origin may not call.",
        "Add the origin to the project: PATCH /v1/project with `allowed_origins`.",
    )
    JOIN_TOO_EARLY = ErrorSpec(
        403, "The token does not let its holder join yet.", "Join once its `join_from` is past.", is_timed=True
    )
    JOIN_TOO_LATE = ErrorSpec(
        403, "The token does not let its holder join any more.", "Get a token with a later `join_until` or `remove_at`."
    )
    ADMIN_OFF = ErrorSpec(
        403, "This server has no admin API.", "Start it with ONSTAGE_ADMIN_SECRET, 32 random bytes or more."
    )
    PERMISSION_DENIED = ErrorSpec(
        403,
        "This caller may not do that.",
        "Have somebody make the call who may: `expected` says who.",
    )
    NOT_ON_STAGE = ErrorSpec(
        403,
        "Only a participant on stage may do that.",
        "Let somebody on stage whose role has the permission, or your server, make the call.",
    )
    OUTRANKED = ErrorSpec(
        403,
        "The other ranks higher.",
        "Let somebody whose role has the same `priority` or a smaller one make the call, or your server.",
    )
    TOKEN_WRONG_ROOM = ErrorSpec(
        403, "The token belongs to another room.", "Use the token that was made for this room."
    )
    PARTICIPANT_REMOVED = ErrorSpec(
        403,
        "This participant was removed from the session.",
        "DELETE /v1/rooms/{room}/bans/{identity} lets them in again, by a token whose `remove_at` is not past; "
        "without it the next session does.",
    )
    PARTICIPANT_BANNED = ErrorSpec(
        403,
        "This identity is banned from the room.",
        "DELETE /v1/rooms/{room}/bans/{identity} lets them in again; a ban with an expiry ends by itself.",
    )
    CHAT_MUTED = ErrorSpec(
        403, "This participant may not chat now.", "Wait until a moderator, or your server, lets them chat again."
    )
    STATE_KEY_DENIED = ErrorSpec(
        403, "The caller's role may not write this key.", "Add a pattern that matches to the role's `state_keys`."
    )
    POLL_RESULTS_HIDDEN = ErrorSpec(
        403,
        "The results of this poll are not shown to this caller now.",
        "Wait until it has stopped; `results_shown: never` keeps them for your server and who may stop the poll.",
    )
    PLAYBACK_TOKEN_MISSING = ErrorSpec(
        403,
        "This show plays only with a playback token.",
        "Take `playback.url` from POST /v1/join, or have your server make a token: "
        "POST /v1/rooms/{room}/playback_tokens.",
    )
    PLAYBACK_TOKEN_INVALID = ErrorSpec(
        403, "The playback token is none of ours.", "Use the URL as it was given, with all of its `~` segment."
    )
    PLAYBACK_TOKEN_EXPIRED = ErrorSpec(
        403, "The playback token has expired.", "Join again, or have your server make another."
    )
    PLAYBACK_TOKEN_REVOKED = ErrorSpec(
        403, "The playback token was revoked.", "Join again, if that is still allowed, or ask for another link."
    )
    PLAYBACK_TOKEN_WRONG_ROOM = ErrorSpec(
        403, "The playback token is for another room.", "Use a token of the room whose show it is."
    )
    DOWNLOAD_INVALID = ErrorSpec(
        403,
        "The URL is not signed for this file.",
        "Use `url` of GET /v1/recordings/{recording}/assets as it was given.",
    )
    DOWNLOAD_EXPIRED = ErrorSpec(403, "The URL has expired.", "GET /v1/recordings/{recording}/assets has a new one.")
    METRICS_OFF = ErrorSpec(
        403, "The metrics are not told here.", "Start the server with ONSTAGE_METRICS_SECRET, and send it as `Bearer`."
    )
    # 404
    ROOM_NOT_FOUND = ErrorSpec(
        404, "There is no such room.", "Check the id or name; your server lists them by GET /v1/rooms."
    )
    SESSION_NOT_FOUND = ErrorSpec(404, "There is no such session.", "GET /v1/sessions lists the project's.")
    PROJECT_NOT_FOUND = ErrorSpec(
        404, "There is no such project.", "`onstage project list` or GET /v1/projects lists them."
    )
    KEY_NOT_FOUND = ErrorSpec(404, "There is no such key.", "GET /v1/keys lists the project's.")
    ROOM_CODE_NOT_FOUND = ErrorSpec(
        404,
        "There is no such room code.",
        "GET /v1/rooms/{room}/codes lists the room's; who came by a link asks for a new one.",
    )
    TEMPLATE_NOT_FOUND = ErrorSpec(404, "There is no such template.", "GET /v1/templates lists the project's.")
    PARTICIPANT_NOT_FOUND = ErrorSpec(
        404, "There is no such participant here.", "GET /v1/rooms/{room}/participants lists who is."
    )
    BAN_NOT_FOUND = ErrorSpec(
        404, "The identity is neither banned nor removed.", "GET /v1/rooms/{room}/bans lists the room's bans."
    )
    INVITE_NOT_FOUND = ErrorSpec(404, "There is no such invite.", "GET /v1/rooms/{room}/invites lists the open ones.")
    BROADCAST_NOT_FOUND = ErrorSpec(
        404, "There is no such broadcast.", "GET /v1/rooms/{room}/broadcasts lists the room's."
    )
    STATE_KEY_NOT_FOUND = ErrorSpec(404, "There is no such key.", "GET /v1/rooms/{room}/state lists the session's.")
    POLL_NOT_FOUND = ErrorSpec(
        404, "There is no such poll here.", "GET /v1/rooms/{room}/polls lists those the caller may see."
    )
    ASSET_NOT_FOUND = ErrorSpec(
        404, "There is no such file, or it is not ready.", "GET /v1/recordings/{recording}/assets lists what there is."
    )
    RECORDING_NOT_FOUND = ErrorSpec(404, "There is no such recording.", "List the recordings.")
    OUTPUT_NOT_FOUND = ErrorSpec(
        404, "The broadcast has no such output.", "GET /v1/broadcasts/{id} lists them in `outputs`."
    )
    MEDIA_FILE_NOT_FOUND = ErrorSpec(
        404, "There is no such media file here.", "GET /v1/rooms/{room}/media lists the room's."
    )
    PLAYBACK_NOT_FOUND = ErrorSpec(
        404, "There is no such playback in this broadcast.", "GET /v1/broadcasts/{broadcast}/media lists them."
    )
    BROADCAST_NOT_LIVE = ErrorSpec(
        404, "Nothing is live here yet.", "Try again after `Retry-After` seconds.", is_timed=True
    )
    MESSAGE_NOT_FOUND = ErrorSpec(
        404, "There is no such message here.", "GET /v1/rooms/{room}/messages lists those the caller may read."
    )
    PLAYBACK_TOKEN_NOT_FOUND = ErrorSpec(
        404, "There is no such playback token.", "GET /v1/rooms/{room}/playback_tokens lists the room's."
    )
    MEDIA_NOT_FOUND = ErrorSpec(404, "There is no such playlist, segment or part.", "Load the playlist again.")
    TRACK_NOT_FOUND = ErrorSpec(404, "There is no such track.", "GET /v1/rooms/{room}/participants has what they send.")
    WEBHOOK_NOT_FOUND = ErrorSpec(404, "There is no such webhook endpoint.", "GET /v1/webhooks lists the project's.")
    DELIVERY_NOT_FOUND = ErrorSpec(
        404,
        "There is no such delivery.",
        "GET /v1/webhooks/{webhook}/deliveries lists those of the last 30 days.",
    )
    ROUTE_NOT_FOUND = ErrorSpec(404, "There is nothing at this address.", "See /openapi.json for the routes.")
    METHOD_NOT_ALLOWED = ErrorSpec(405, "This address does not take that method.", "See /openapi.json for the routes.")
    # 409: the state forbids it
    PROJECT_ACTIVE = ErrorSpec(
        409, "People are in the project's rooms, or it is on air.", "End its rooms and stop its broadcasts first."
    )
    KEY_REVOKED = ErrorSpec(409, "The key was revoked.", "Make another: POST /v1/keys.")
    KEY_LAST = ErrorSpec(
        409,
        "It is the last key with which the project's servers can call.",
        "Make another first: POST /v1/keys, without `roles`, `permissions` and `expires_at`.",
    )
    TOO_MANY_KEYS = ErrorSpec(409, "The project has as many live keys as it may have.", "Revoke one that is not used.")
    ROOM_CODE_EXPIRED = ErrorSpec(409, "The room code has expired.", "Ask for a new link.")
    ROOM_CODE_USED_UP = ErrorSpec(409, "The room code has been used as often as it may be.", "Ask for a new link.")
    PARTICIPANT_LEFT = ErrorSpec(
        409, "This participant has left the session.", "Join again: POST /v1/join with the same token."
    )
    ROOM_NAME_TAKEN = ErrorSpec(409, "The project has a room of this name.", "Choose another name, or use that room.")
    ROOM_IN_USE = ErrorSpec(
        409,
        "The room has an open session.",
        "End it first: POST /v1/rooms/{room}/end; a room is also deleted with `?end=true`.",
    )
    ROOM_FULL = ErrorSpec(
        409,
        "The room has no free place.",
        "Wait until somebody goes, or raise the limit: `settings.capacity`, or the role's `max_participants`.",
    )
    ROOM_NOT_OPEN = ErrorSpec(
        409,
        "Nobody may join the room at this time.",
        "Join at the time in `expected`, or change `join_from`, `join_until` or `ends_at` in the room's settings.",
    )
    IDENTITY_CONNECTED = ErrorSpec(
        409,
        "This identity is in the room on another connection.",
        "Leave there first, or set the room's `duplicate_identity` to `replace`.",
    )
    ROOM_LOCKED = ErrorSpec(409, "The room is locked.", "PATCH the room with `locked: false`.")
    SESSION_ENDED = ErrorSpec(
        409, "There is no session, or not any more.", "One begins when somebody joins: POST /v1/join."
    )
    ALREADY_ON_STAGE = ErrorSpec(
        409,
        "The participant is already on stage.",
        "Nothing to do; POST /v1/rooms/{room}/participants/{participant}/role gives another role there.",
    )
    NOT_PROMOTED = ErrorSpec(
        409,
        "The participant is not on stage, so cannot be sent back.",
        "Only participants of level `stage` are demoted.",
    )
    PARTICIPANT_NOT_ON_STAGE = ErrorSpec(
        409, "The participant is not on stage.", "Only participants of level `stage` send sound and pictures."
    )
    SOURCE_NOT_ALLOWED = ErrorSpec(
        409, "The participant may not send that source.", "Ask for one of the participant's `sources`."
    )
    STAGE_FULL = ErrorSpec(
        409,
        "The role has no free place.",
        "Wait until somebody of the role goes, give them another role, or raise its `max_participants`.",
    )
    ROLE_NOT_ON_STAGE = ErrorSpec(
        409,
        "The role is not of the level this call needs.",
        "Promote to a role of level `stage`; demote to one below it.",
    )
    INVITE_CLOSED = ErrorSpec(
        409,
        "The invite was already answered, cancelled, or has expired.",
        "Ask the participant again: promote makes an invite.",
    )
    HAND_NOT_RAISABLE = ErrorSpec(
        409, "Only people in the seats raise a hand.", "Call with the token of a participant who is not on stage."
    )
    CHAT_DISABLED = ErrorSpec(
        409, "The room's chat is off.", "PATCH the room with `settings.chat.enabled: true`; moderators may always chat."
    )
    MESSAGE_NOT_PINNABLE = ErrorSpec(
        409, "This message can't be pinned.", "Pin a message to everybody that was not deleted."
    )
    TOO_MANY_PINNED = ErrorSpec(
        409, "The session has as many pinned messages as it may have.", "Unpin one: POST …/messages/{message}/unpin."
    )
    BROADCAST_ACTIVE = ErrorSpec(
        409,
        "The room has as many broadcasts as it may have.",
        "Stop one first: POST /v1/broadcasts/{id}/stop. More at once need `broadcast.max_broadcasts` in the template.",
    )
    BROADCAST_OVER = ErrorSpec(
        409, "The broadcast is over.", "Nothing to stop or change; POST /v1/rooms/{room}/broadcasts starts another."
    )
    ENCODER_UNAVAILABLE = ErrorSpec(
        409, "This machine does not have that encoder.", "Take `libx264`, which every machine has."
    )
    OUTPUT_LIMIT_REACHED = ErrorSpec(
        409,
        "The broadcast has as many outputs as it may have.",
        "Remove one: DELETE /v1/broadcasts/{id}/outputs/{output}.",
    )
    RECORDING_OVER = ErrorSpec(409, "The recording has ended.", "Add an output of type `recording` to begin another.")
    RECORDING_NOT_READY = ErrorSpec(
        409, "The recording is not ready.", "Wait for `recording.ready`; of a failed one nothing can be made."
    )
    RECORDING_ACTIVE = ErrorSpec(409, "The recording still grows.", "Remove its output, or stop the broadcast, first.")
    OUTPUT_EXISTS = ErrorSpec(
        409, "The broadcast has this output already.", "Nothing to do; to connect anew, remove it and add it again."
    )
    OUTPUT_NOT_REMOVABLE = ErrorSpec(
        409, "HLS is what a broadcast is made as.", "Stop the broadcast instead: POST /v1/broadcasts/{id}/stop."
    )
    CAPTION_LANGUAGE_UNKNOWN = ErrorSpec(
        409,
        "The broadcast has no captions in this language.",
        "Name the language among `captions` when the broadcast is started; players are told of it only then.",
    )
    PLAYBACK_OVER = ErrorSpec(409, "The playback is over.", "Play it again: POST /v1/broadcasts/{broadcast}/media.")
    MEDIA_LIMIT = ErrorSpec(409, "There is no room for more media.", "Stop or delete some first; see `expected`.")
    TEMPLATE_NAME_TAKEN = ErrorSpec(409, "There is a template of this name.", "Choose another name, or use that one.")
    TEMPLATE_BUILT_IN = ErrorSpec(
        409, "A built-in template can't be changed.", "Change a copy: POST /v1/templates/{template}/clone."
    )
    TEMPLATE_LIMIT_REACHED = ErrorSpec(
        409, "The project has as many templates as it may have.", "Delete one that no room has."
    )
    TEMPLATE_IN_USE = ErrorSpec(409, "Rooms use this template.", "Delete those rooms first.")
    TEMPLATE_CHANGED = ErrorSpec(
        409, "The template is of another version by now.", "Read it again, and send the change with its `version`."
    )
    WEBHOOK_LIMIT_REACHED = ErrorSpec(
        409, "There are as many webhook endpoints as there may be.", "Delete one that is not needed any more."
    )
    WEBHOOK_DISABLED = ErrorSpec(
        409, "The webhook endpoint is disabled, so nothing is sent to it.", "PATCH it with `enabled: true` first."
    )
    STATE_CONFLICT = ErrorSpec(
        409, "The key is of another version by now.", "Read the key again, and write with its `version`."
    )
    STATE_FULL = ErrorSpec(
        409, "The session's state is full.", "Delete keys that are not needed any more, or write less."
    )
    POLL_ALREADY_STARTED = ErrorSpec(
        409, "The poll has started, so it is fixed.", "Make another poll: POST /v1/rooms/{room}/polls."
    )
    POLL_NOT_OPEN = ErrorSpec(
        409,
        "The poll is not open.",
        "It is from its start until it is stopped or its time is over; its `status` says so.",
    )
    ALREADY_VOTED = ErrorSpec(409, "This participant has answered that question.", "A vote can't be changed.")
    POLL_HAS_NO_LEADERBOARD = ErrorSpec(
        409, "This poll has no leaderboard.", "Only a quiz that is not anonymous counts points for persons."
    )
    POLL_LIMIT_REACHED = ErrorSpec(
        409, "There are as many polls as there may be.", "Stop one that runs, or delete one that has not started."
    )
    IDEMPOTENCY_CONFLICT = ErrorSpec(
        409, "The Idempotency-Key was used for another request.", "Use a new key for a new request."
    )
    IDEMPOTENCY_IN_PROGRESS = ErrorSpec(
        409,
        "The first request with this Idempotency-Key is still running.",
        "Send the same again, with the same key, after `Retry-After` seconds.",
        is_timed=True,
    )
    IDEMPOTENCY_ANSWER_LOST = ErrorSpec(
        409,
        "The first request with this Idempotency-Key changed something, and its answer was lost.",
        "Look at what it was to make or change, and use a new key only if that is not done. A secret in the lost "
        "answer is not told again: revoke it and make another.",
    )
    # 400 / 408 / 413 / 422
    MALFORMED = ErrorSpec(422, "The request has wrong or missing fields.", "Mend what `errors` and `expected` name.")
    UNKNOWN_ROLE = ErrorSpec(422, "The template has no such role.", "Use what `expected` names.")
    URL_NOT_ALLOWED = ErrorSpec(
        422,
        "Nothing is sent to this URL.",
        "Give an https URL of a public host; for one of your own network, the operator sets ONSTAGE_OUTBOUND_ALLOW.",
    )
    IMAGE_UNUSABLE = ErrorSpec(
        422,
        "This image can't be used.",
        "Give the https URL of an image as `expected` says, or the id of one that was uploaded; redirects are not "
        "followed.",
    )
    MEDIA_UNPLAYABLE = ErrorSpec(
        422, "The file can't be played.", "Send one as docs/guides/play-media.md says, as it is: not in a form."
    )
    UNKNOWN_REQUEST = ErrorSpec(422, "The gateway knows no such request.", "See protocol/asyncapi.json for the names.")
    BODY_NOT_JSON = ErrorSpec(400, "The body is not JSON.", "Send `Content-Type: application/json` and a JSON object.")
    BODY_TOO_SLOW = ErrorSpec(
        408, "The body did not come to its end in time.", "Send it again, on a better connection."
    )
    BODY_TOO_LARGE = ErrorSpec(413, "The body is too large.", "Send less than the limit in `expected`.")
    HLS_DIRECTIVE_INVALID = ErrorSpec(
        400, "The _HLS_ directive cannot be served.", "Load the playlist without directives, then follow it."
    )
    # 429
    RATE_LIMITED = ErrorSpec(
        429, "Too many requests.", "Wait for `Retry-After` seconds, and ask less often.", is_timed=True
    )
    SLOW_MODE = ErrorSpec(
        429, "The room's chat is in slow mode.", "Send again after `Retry-After` seconds.", is_timed=True
    )
    SENDING_TOO_FAST = ErrorSpec(
        429,
        "This participant sends too much at once.",
        "Send again after `Retry-After` seconds, and more slowly.",
        is_timed=True,
    )
    # 5xx
    HLS_TIMEOUT = ErrorSpec(503, "No new part came in time.", "Load the playlist again without directives.")
    CAPACITY_EXHAUSTED = ErrorSpec(
        503,
        "This machine has no room for another broadcast.",
        "Stop one or ask for less `quality`; the limits are `ONSTAGE_BROADCAST_CORES` and `ONSTAGE_MAX_BROADCASTS`.",
    )
    ENGINE_UNAVAILABLE = ErrorSpec(503, "The media engine does not answer.", "Try again; see the server's log.")
    STORAGE_AWAY = ErrorSpec(503, "The object store does not answer.", "Try again; see the server's log.")
    STORE_UNAVAILABLE = ErrorSpec(503, "The database does not answer.", "Try again; see the server's log.")
    INTERNAL = ErrorSpec(500, "Something broke on our side.", "Report it with the `request_id`.")

    @property
    def code(self) -> str:
        """The code as it stands in JSON."""
        return self.name.lower()


_TIMED = sorted(f"`{one.code}`" for one in ErrorCode if one.value.is_timed)
RETRY_AFTER_S = (
    "Seconds until the same may go well, as in the header `Retry-After`; "
    f"null unless the code is {', '.join(_TIMED[:-1])} or {_TIMED[-1]}."
)
"""What a problem's `retry_after_s` is, for whoever reads the documents."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One wrong field: where (a dotted path) and what is wrong with it."""

    path: str
    problem: str


_MOST_NAMED = 5
_LONGEST_PATH = 100
"""Characters of a path in `detail`: it may be a name that somebody made up. `errors` has it whole."""


def _naming(errors: Sequence[FieldProblem]) -> str:
    """A sentence with the fields that are wrong, or the first of them; empty when none is."""
    if not errors:
        return ""
    paths = list(dict.fromkeys(one.path[:_LONGEST_PATH] for one in errors))
    named = ", ".join(paths[:_MOST_NAMED])
    if len(paths) > _MOST_NAMED:
        named += f" and {len(paths) - _MOST_NAMED} more"
    return f"{len(paths)} fields are not as expected: {named}." if len(paths) > 1 else f"Not as expected: {named}."


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
        assert retry_after_s is None or code.value.is_timed, f"{code.code} is not documented to say when it is over"
        self.code = code
        self.detail = detail or _naming(errors) or code.value.title
        super().__init__(f"{code.code}: {self.detail}")
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
            "retry_after_s": self.retry_after_s,
        }


class StartError(Exception):
    """Onstage cannot start. The text is one line for the person at the terminal; the exit code is not 0."""
