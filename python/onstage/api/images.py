"""Images for the look of shows."""

from typing import Annotated

from fastapi import APIRouter, Body

from onstage.actions import images
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.problems import answers
from onstage.api.refusals import FROM_STAGE
from onstage.errors import ErrorCode as E
from onstage.model.views import ImageView

router = APIRouter(prefix="/v1", tags=["broadcasts"], route_class=IdempotentRoute)

_File = Annotated[bytes, Body(media_type="application/octet-stream", description="A PNG, JPEG or WebP, of any type.")]


@router.post("/rooms/{room}/images", status_code=201, responses=answers(*FROM_STAGE, E.IMAGE_UNUSABLE))
async def upload_image(room: str, ctx: ContextDep, caller: CallerDep, file: _File) -> ImageView:
    """Keep an image (`broadcast.update`), for a `look` to name by its id. The same again is the same image."""
    return ImageView.of(await images.upload_image(ctx, caller, room, file))
