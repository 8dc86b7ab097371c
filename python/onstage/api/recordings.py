"""Recordings."""

from typing import Annotated

from fastapi import APIRouter, Query

from onstage.actions import recordings
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import FROM_STAGE, OF_PROJECT
from onstage.errors import ErrorCode as E
from onstage.model.ids import Prefix
from onstage.model.views import RecordingView

router = APIRouter(prefix="/v1/recordings", tags=["recordings"], route_class=IdempotentRoute)

_Cursor = Annotated[str | None, cursor_of(Prefix.RECORDING)]
_Room = Annotated[str | None, Query(max_length=200, description="Of this room only, by id or name.")]


@router.get("", responses=answers(*OF_PROJECT))
async def list_recordings(
    ctx: ContextDep, caller: CallerDep, room: _Room = None, limit: Limit = 50, cursor: _Cursor = None
) -> Page[RecordingView]:
    """The project's recordings, newest first."""
    found = await recordings.read_recordings(ctx, caller, room=room, after=cursor, limit=limit + 1)
    return page_of(found, RecordingView.of, limit=limit, id_of=lambda one: one.id)


@router.get("/{recording}", responses=answers(*OF_PROJECT, E.RECORDING_NOT_FOUND))
async def get_recording(recording: str, ctx: ContextDep, caller: CallerDep) -> RecordingView:
    """One recording."""
    return RecordingView.of(await recordings.read_recording(ctx, caller, recording))


@router.delete(
    "/{recording}", status_code=204, responses=answers(*OF_PROJECT, E.RECORDING_NOT_FOUND, E.RECORDING_ACTIVE)
)
async def delete_recording(recording: str, ctx: ContextDep, caller: CallerDep) -> None:
    """Delete a recording with its media. One that still grows is ended by removing its output first."""
    await recordings.delete_recording(ctx, caller, recording)


@router.post("/{recording}/pause", responses=answers(*FROM_STAGE, E.RECORDING_NOT_FOUND, E.RECORDING_OVER))
async def pause_recording(recording: str, ctx: ContextDep, caller: CallerDep) -> RecordingView:
    """Keep nothing of what is shown from now on (`broadcast.update`); the show itself goes on."""
    return RecordingView.of(await recordings.pause_recording(ctx, caller, recording))


@router.post("/{recording}/resume", responses=answers(*FROM_STAGE, E.RECORDING_NOT_FOUND, E.RECORDING_OVER))
async def resume_recording(recording: str, ctx: ContextDep, caller: CallerDep) -> RecordingView:
    """Keep what is shown again (`broadcast.update`)."""
    return RecordingView.of(await recordings.resume_recording(ctx, caller, recording))
