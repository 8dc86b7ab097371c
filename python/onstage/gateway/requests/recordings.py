"""What is asked about recordings while they grow."""

from onstage.actions import recordings
from onstage.actions.access import ParticipantCaller
from onstage.actions.bodies.base import Body
from onstage.actions.context import Context
from onstage.gateway.requests.kinds import Id, RequestKind, Requests
from onstage.model.views import RecordingView


class OfRecording(Body):
    """One recording; an output of type `recording` has its id."""

    recording: str = Id


async def _pause(ctx: Context, caller: ParticipantCaller, data: OfRecording) -> RecordingView:
    return RecordingView.of(await recordings.pause_recording(ctx, caller, data.recording))


async def _resume(ctx: Context, caller: ParticipantCaller, data: OfRecording) -> RecordingView:
    return RecordingView.of(await recordings.resume_recording(ctx, caller, data.recording))


REQUESTS: Requests = {
    "recording.pause": RequestKind(OfRecording, _pause),
    "recording.resume": RequestKind(OfRecording, _resume),
}
