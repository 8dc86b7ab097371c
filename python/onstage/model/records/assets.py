"""Assets of recordings."""

from dataclasses import dataclass
from datetime import datetime

from onstage.model.assets import AssetFailure, AssetKind, AssetStatus
from onstage.model.ids import AssetId, RecordingId


@dataclass(frozen=True, slots=True)
class Asset:
    """A file made of a recording.

    Attributes:
        name: Its path in the recording's folder.
        rendition: Of an MP4.
        revision: Counts how often it was asked for; what was made for an earlier one is not what is wanted.
    """

    id: AssetId
    recording_id: RecordingId
    kind: AssetKind
    name: str
    status: AssetStatus
    created_at: datetime
    rendition: str | None = None
    reason: AssetFailure | None = None
    size_bytes: int | None = None
    revision: int = 1
    ready_at: datetime | None = None

    @property
    def is_unmade(self) -> bool:
        """Whether its server has it to make: also once others have given that server up."""
        return self.status is AssetStatus.PREPARING or self.reason is AssetFailure.SERVER_LOST
