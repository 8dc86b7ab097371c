"""Files that are made of recordings."""

from pydantic import Field

from onstage.actions.bodies.base import Body
from onstage.model.assets import AskedKinds


class RequestAssets(Body):
    """POST /v1/recordings/{recording}/assets."""

    kinds: AskedKinds = Field(min_length=1, description="Of `mp4`, one is made of each rendition.")
