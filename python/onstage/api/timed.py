"""What apps put on a show's timeline: timed metadata and captions."""

from fastapi import APIRouter

from onstage.actions import captions, timed_metadata
from onstage.actions.bodies.timed import SendCaptions, SendMetadata
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.problems import answers
from onstage.api.refusals import ON_BROADCAST
from onstage.errors import ErrorCode as E
from onstage.model.views import CaptionsView, CaptionView, TimedMetadataView

router = APIRouter(prefix="/v1/broadcasts/{broadcast}", tags=["broadcasts"], route_class=IdempotentRoute)


@router.post("/metadata", status_code=201, responses=answers(*ON_BROADCAST, E.BROADCAST_OVER))
async def send_metadata(broadcast: str, body: SendMetadata, ctx: ContextDep, caller: CallerDep) -> TimedMetadataView:
    """Put a text at this moment of the show (`metadata.send`); each viewer gets it on seeing that moment."""
    return TimedMetadataView.of(await timed_metadata.send_metadata(ctx, caller, broadcast, body.new()))


@router.post(
    "/captions", status_code=201, responses=answers(*ON_BROADCAST, E.BROADCAST_OVER, E.CAPTION_LANGUAGE_UNKNOWN)
)
async def send_captions(broadcast: str, body: SendCaptions, ctx: ContextDep, caller: CallerDep) -> CaptionsView:
    """Add lines to the show's captions (`caption.send`), in a language that it was started with."""
    sent = await captions.send_captions(ctx, caller, broadcast, body.language, body.new())
    return CaptionsView(cues=[CaptionView.of(cue) for cue in sent])
