"""The image: what is known of it beside its file."""

from dataclasses import dataclass
from datetime import datetime

from onstage.model.ids import ImageId, ProjectId


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image of a project, as it is kept: a WebP of at most 1920 x 1920."""

    id: ImageId
    project_id: ProjectId
    sha256: str
    width: int
    height: int
    created_at: datetime
