"""What is asked about a show's timeline."""

from onstage.actions import captions, timed_metadata
from onstage.actions.access import ParticipantCaller
from onstage.actions.bodies.timed import SendCaptions, SendMetadata
from onstage.actions.context import Context
from onstage.gateway.requests.broadcasts import OfBroadcast
from onstage.gateway.requests.kinds import RequestKind, Requests
from onstage.model.views import CaptionsView, CaptionView, TimedMetadataView


class MetadataOfBroadcast(SendMetadata, OfBroadcast):
    """metadata.send."""


class CaptionsOfBroadcast(SendCaptions, OfBroadcast):
    """caption.send."""


async def _send_metadata(ctx: Context, caller: ParticipantCaller, data: MetadataOfBroadcast) -> TimedMetadataView:
    return TimedMetadataView.of(await timed_metadata.send_metadata(ctx, caller, data.broadcast, data.new()))


async def _send_captions(ctx: Context, caller: ParticipantCaller, data: CaptionsOfBroadcast) -> CaptionsView:
    sent = await captions.send_captions(ctx, caller, data.broadcast, data.language, data.new())
    return CaptionsView(cues=[CaptionView.of(cue) for cue in sent])


REQUESTS: Requests = {
    "metadata.send": RequestKind(MetadataOfBroadcast, _send_metadata),
    "caption.send": RequestKind(CaptionsOfBroadcast, _send_captions),
}
