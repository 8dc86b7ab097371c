"""Outputs as they are asked for, checked and made before a transaction, for name look-ups take time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onstage.actions.context import Context
from onstage.actions.target_urls import NewTarget, checked_target, sealed, unsealed
from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import OutputId, Prefix, RecordingId, new_id
from onstage.model.outputs import MOST_OUTPUTS, Output, Outputs, OutputStatus, OutputType, open_count


@dataclass(frozen=True, slots=True)
class NewOutput:
    """What somebody wants the show to be fed to; `target` for type `rtmp`, `keep_days` for type `recording`."""

    type: OutputType
    target: NewTarget | None = None
    keep_days: int | None = None


async def made_output(ctx: Context, new: NewOutput, *, path: str = "") -> Output:
    """The output, connecting; a recording is live at once. `path` is where it stands in the body, in errors.

    Raises:
        OnstageError: as `checked_target`.
    """
    output = Output(OutputId(new_id(Prefix.OUTPUT)), new.type, OutputStatus.CONNECTING, since=ctx.clock.now())
    if new.type is OutputType.RECORDING:
        recording_id = RecordingId(new_id(Prefix.RECORDING))
        return replace(output, status=OutputStatus.LIVE, recording_id=recording_id, keep_days=new.keep_days)
    if new.target is None:
        return output
    target = await checked_target(ctx, new.target, path=path)
    return replace(output, url=target.shown, sealed=sealed(ctx, target))


async def made_outputs(ctx: Context, wanted: Sequence[NewOutput]) -> Outputs:
    """The outputs of a new broadcast: HLS first, asked for or not.

    Raises:
        OnstageError: as `made_output`; `output_exists`, `output_limit_reached`.
    """
    outputs: Outputs = (await made_output(ctx, NewOutput(OutputType.HLS)),)
    for number, new in enumerate(wanted):
        if new.type is not OutputType.HLS:
            outputs = joined(ctx, outputs, await made_output(ctx, new, path=f"outputs.{number}."))
    return outputs


def joined(ctx: Context, outputs: Outputs, new: Output) -> Outputs:
    """With one more.

    Raises:
        OnstageError: `output_exists` for the same target twice or a second recording, `output_limit_reached`.
    """
    if open_count(outputs) >= MOST_OUTPUTS:
        raise OnstageError(ErrorCode.OUTPUT_LIMIT_REACHED, expected=f"at most {MOST_OUTPUTS} that are not over")
    if any(_is_same(ctx, one, new) for one in outputs if not one.status.is_over):
        raise OnstageError(ErrorCode.OUTPUT_EXISTS)
    return (*outputs, new)


def _is_same(ctx: Context, one: Output, other: Output) -> bool:
    if one.type is other.type is OutputType.RECORDING:
        return True
    if one.sealed is None or other.sealed is None:
        return False
    return one.url == other.url and unsealed(ctx, one.sealed) == unsealed(ctx, other.sealed)
