"""LiveKit's messages as our facts, and our grants as its claims. No I/O.

Shapes: `ParticipantInfo`, `TrackInfo`, `ParticipantPermission` of livekit_models.proto; the token's `video` grant.
"""

from datetime import UTC, datetime, timedelta

from livekit.api import AccessToken, VideoGrants
from livekit.protocol.models import ParticipantInfo, ParticipantPermission, TrackInfo, TrackSource, TrackType

from onstage.media.engine import (
    LEVEL_ATTRIBUTE,
    ROLE_ATTRIBUTE,
    SERVICE_LEVEL,
    EngineGrant,
    EngineParticipant,
    EngineTrack,
    TrackKind,
)
from onstage.model.role import Level, Source

_SOURCES = {
    TrackSource.CAMERA: Source.CAMERA,
    TrackSource.MICROPHONE: Source.MICROPHONE,
    TrackSource.SCREEN_SHARE: Source.SCREEN_SHARE,
    TrackSource.SCREEN_SHARE_AUDIO: Source.SCREEN_SHARE_AUDIO,
}
_SOURCE_NUMBERS = {source: number for number, source in _SOURCES.items()}


def is_service(info: ParticipantInfo) -> bool:
    """Whether this is one of our own participants."""
    return info.attributes.get(LEVEL_ATTRIBUTE) == SERVICE_LEVEL


def participant_of(room: str, info: ParticipantInfo) -> EngineParticipant:
    """Somebody connected."""
    level = info.attributes.get(LEVEL_ATTRIBUTE)
    return EngineParticipant(
        room=room,
        identity=info.identity,
        connection_id=info.sid,
        name=info.name,
        level=Level(level) if level in set(Level) else None,
        role=info.attributes.get(ROLE_ATTRIBUTE, ""),
        is_hidden=info.permission.hidden,
        joined_at=_joined_at(info),
        metadata=info.metadata,
        tracks=tuple(track_of(track) for track in info.tracks),
    )


def track_of(info: TrackInfo) -> EngineTrack:
    """A published track. A source the client did not tell is taken from the kind."""
    is_video = info.type == TrackType.VIDEO
    fallback = Source.CAMERA if is_video else Source.MICROPHONE
    return EngineTrack(
        id=info.sid,
        kind=TrackKind.VIDEO if is_video else TrackKind.AUDIO,
        source=_SOURCES.get(info.source, fallback),
        is_muted=info.muted,
        name=info.name,
        width=info.width,
        height=info.height,
    )


def permission_of(grant: EngineGrant, *, hidden: bool) -> ParticipantPermission:
    """What somebody connected may do from now on."""
    return ParticipantPermission(
        can_subscribe=grant.can_subscribe,
        can_publish=bool(grant.sources),
        can_publish_sources=[_SOURCE_NUMBERS[source] for source in sorted(grant.sources)],
        can_publish_data=grant.can_publish_data,
        hidden=hidden,
    )


def token_of(grant: EngineGrant, api_key: str, api_secret: str) -> str:
    """The signed token (HS256) for one join."""
    video = VideoGrants(
        room_join=True,
        room=grant.room,
        can_publish=bool(grant.sources),
        can_publish_sources=sorted(source.value for source in grant.sources) or None,
        can_publish_data=grant.can_publish_data,
        can_subscribe=grant.can_subscribe,
        hidden=grant.hidden,
    )
    token = AccessToken(api_key, api_secret).with_identity(grant.identity).with_name(grant.name).with_grants(video)
    token = token.with_attributes(grant.attributes).with_ttl(timedelta(seconds=grant.ttl_s))
    return token.with_metadata(grant.metadata or "").to_jwt()


def _joined_at(info: ParticipantInfo) -> datetime:
    milliseconds = info.joined_at_ms or info.joined_at * 1000
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
