"""How assets of recordings look in JSON."""

from datetime import datetime

from pydantic import Field

from onstage.model.assets import AssetFailure, AssetKind, AssetStatus
from onstage.model.records.assets import Asset
from onstage.model.view import Timestamp, View


class AssetView(View):
    """A file made of a recording."""

    id: str
    recording_id: str
    kind: AssetKind
    rendition: str | None
    status: AssetStatus
    reason: AssetFailure | None
    content_type: str
    size_bytes: int | None
    created_at: Timestamp
    ready_at: Timestamp | None

    @classmethod
    def of(cls, asset: Asset) -> "AssetView":
        """The asset as webhooks tell of it."""
        return cls.model_validate(_facts(asset))


class DownloadView(AssetView):
    """The same, and where it can be had: by anybody who has the URL, until it expires. Null until it is ready."""

    url: str | None = Field(description="Takes `Range`, and needs no credentials.")
    url_expires_at: Timestamp | None

    @classmethod
    def at(cls, asset: Asset, url: str | None, expires_at: datetime | None) -> "DownloadView":
        """The asset, and its URL."""
        return cls.model_validate(_facts(asset) | {"url": url, "url_expires_at": expires_at})


def _facts(asset: Asset) -> dict[str, object]:
    return {
        "id": asset.id,
        "recording_id": asset.recording_id,
        "kind": asset.kind,
        "rendition": asset.rendition,
        "status": asset.status,
        "reason": asset.reason,
        "content_type": asset.kind.content_type,
        "size_bytes": asset.size_bytes,
        "created_at": asset.created_at,
        "ready_at": asset.ready_at,
    }
