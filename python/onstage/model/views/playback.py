"""Playback tokens in JSON."""

from onstage.model.records import PlaybackToken
from onstage.model.view import Timestamp, View


class PlaybackTokenView(View):
    """A playback token that your server had made. `identity`: whom it goes with when they are shown out."""

    id: str
    room_id: str
    label: str | None
    identity: str | None
    created_at: Timestamp
    expires_at: Timestamp
    revoked_at: Timestamp | None

    @classmethod
    def of(cls, token: PlaybackToken) -> "PlaybackTokenView":
        """The token as its project's server sees it."""
        return cls(
            id=token.id,
            room_id=token.room_id,
            label=token.label,
            identity=token.identity,
            created_at=token.created_at,
            expires_at=token.expires_at,
            revoked_at=token.revoked_at,
        )


class NewPlaybackTokenView(PlaybackTokenView):
    """The same with the token itself, which is told this once, and the URL that plays with it."""

    token: str
    url: str

    @classmethod
    def of_new(cls, made: PlaybackToken, token: str, url: str) -> "NewPlaybackTokenView":
        """What whoever had it made gets."""
        return cls(**dict(PlaybackTokenView.of(made)), token=token, url=url)
