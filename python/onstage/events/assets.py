"""What is made of recordings."""

from onstage.events.base import PROJECT_ONLY, EventData
from onstage.model.views import AssetView


class AssetEvent(EventData):
    """Base: an asset as it is now. GET /v1/recordings/{recording}/assets has its URL."""

    TOLD_TO = PROJECT_ONLY
    asset: AssetView


class AssetReady(AssetEvent):
    """It can be downloaded."""

    NAME = "recording.asset_ready"


class AssetFailed(AssetEvent):
    """It could not be made; `asset.reason` says why."""

    NAME = "recording.asset_failed"
