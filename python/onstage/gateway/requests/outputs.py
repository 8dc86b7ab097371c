"""What is asked about outputs."""

from onstage.actions import outputs
from onstage.actions.access import ParticipantCaller
from onstage.actions.bodies.base import Body
from onstage.actions.bodies.outputs import AddedOutput
from onstage.actions.context import Context
from onstage.gateway.requests.kinds import Id, RequestKind, Requests
from onstage.model.views import OutputView


class AddOutput(AddedOutput):
    """output.add."""

    broadcast: str = Id


class RemoveOutput(Body):
    """output.remove."""

    broadcast: str = Id
    output: str = Id


async def _add_output(ctx: Context, caller: ParticipantCaller, data: AddOutput) -> OutputView:
    return OutputView.of(await outputs.add_output(ctx, caller, data.broadcast, data.new()))


async def _remove_output(ctx: Context, caller: ParticipantCaller, data: RemoveOutput) -> OutputView:
    return OutputView.of(await outputs.remove_output(ctx, caller, data.broadcast, data.output))


REQUESTS: Requests = {
    "output.add": RequestKind(AddOutput, _add_output),
    "output.remove": RequestKind(RemoveOutput, _remove_output),
}
