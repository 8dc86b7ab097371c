"""What a broadcast is fed to."""

from fastapi import APIRouter

from onstage.actions import outputs
from onstage.actions.bodies.outputs import AddedOutput
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.problems import answers
from onstage.api.refusals import ON_BROADCAST
from onstage.errors import ErrorCode as E
from onstage.model.views import OutputView

router = APIRouter(prefix="/v1/broadcasts/{broadcast}/outputs", tags=["broadcasts"], route_class=IdempotentRoute)


@router.post(
    "",
    status_code=201,
    responses=answers(*ON_BROADCAST, E.BROADCAST_OVER, E.URL_NOT_ALLOWED, E.OUTPUT_EXISTS, E.OUTPUT_LIMIT_REACHED),
)
async def add_output(broadcast: str, body: AddedOutput, ctx: ContextDep, caller: CallerDep) -> OutputView:
    """Send the show to a live target as well, or record it (`broadcast.update`); `output.live` tells when it is."""
    return OutputView.of(await outputs.add_output(ctx, caller, broadcast, body.new()))


@router.delete(
    "/{output}", status_code=202, responses=answers(*ON_BROADCAST, E.OUTPUT_NOT_FOUND, E.OUTPUT_NOT_REMOVABLE)
)
async def remove_output(broadcast: str, output: str, ctx: ContextDep, caller: CallerDep) -> OutputView:
    """Send the show there no more (`broadcast.update`); the stream is closed in order meanwhile."""
    return OutputView.of(await outputs.remove_output(ctx, caller, broadcast, output))
