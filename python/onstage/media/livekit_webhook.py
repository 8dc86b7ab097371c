"""LiveKit's webhooks: checked, then told to the roster."""

import base64
import hashlib
import hmac

import jwt
from google.protobuf.json_format import Parse, ParseError
from livekit.protocol.models import DisconnectReason
from livekit.protocol.webhook import WebhookEvent

from onstage.errors import ErrorCode, OnstageError
from onstage.media.engine import RoomEvent
from onstage.media.livekit_facts import is_service, participant_of, track_of
from onstage.media.roster import Roster

_LEEWAY_S = 60  # between the engine's clock and ours


def verified(body: bytes, authorization: str, *, api_key: str, api_secret: str) -> WebhookEvent:
    """The event of a webhook that the engine signed: a JWT (HS256) that carries the body's SHA-256.

    Raises:
        OnstageError: `credentials_invalid` for another signature, `body_not_json` for a body that cannot be read.
    """
    try:
        claims = jwt.decode(
            authorization.removeprefix("Bearer "),
            api_secret,
            algorithms=["HS256"],
            issuer=api_key,
            leeway=_LEEWAY_S,
            options={"require": ["exp", "iss"]},
        )
        signed = base64.b64decode(claims["sha256"], validate=True)
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as cause:
        raise OnstageError(ErrorCode.CREDENTIALS_INVALID, "The webhook is not signed by our engine.") from cause
    if not hmac.compare_digest(signed, hashlib.sha256(body).digest()):
        raise OnstageError(ErrorCode.CREDENTIALS_INVALID, "The webhook's body is not the one that was signed.")
    try:
        return Parse(body, WebhookEvent(), ignore_unknown_fields=True)
    except (ParseError, UnicodeDecodeError) as cause:
        raise OnstageError(ErrorCode.BODY_NOT_JSON) from cause


def tell(roster: Roster, event: WebhookEvent) -> list[RoomEvent]:
    """What the webhook changes. Kinds we have no use for change nothing."""
    room, who = event.room.name, event.participant
    if is_service(who):
        return []
    match event.event:
        case "participant_joined":
            return roster.joined(participant_of(room, who))
        case "participant_left" | "participant_connection_aborted":
            return roster.left(room, who.identity, who.sid, _reason(who.disconnect_reason))
        case "track_published":
            return roster.published(room, who.identity, who.sid, track_of(event.track))
        case "track_unpublished":
            return roster.unpublished(room, who.identity, who.sid, event.track.sid)
        case "room_finished":
            return roster.finished(room)
    return []


def _reason(number: int) -> str:
    known = DisconnectReason.DESCRIPTOR.values_by_number.get(number)
    return known.name.lower() if known is not None and number else ""
