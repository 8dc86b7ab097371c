"""Outputs in JSON."""

from onstage.model.outputs import Output, OutputReason, OutputStatus, OutputTrouble, OutputType
from onstage.model.view import Timestamp, View


class OutputReasonView(View):
    """Why an output is as it is: `code` for programs, `detail` for people."""

    code: OutputTrouble
    detail: str | None


class OutputView(View):
    """One thing that a broadcast feeds. `url` is without the stream key, which is never shown."""

    id: str
    type: OutputType
    status: OutputStatus
    reason: OutputReasonView | None
    url: str | None
    recording_id: str | None
    since: Timestamp

    @classmethod
    def of(cls, output: Output) -> "OutputView":
        """The output as everybody sees it."""
        return cls(
            id=output.id,
            type=output.type,
            status=output.status,
            reason=_reason(output.reason),
            url=output.url,
            recording_id=output.recording_id,
            since=output.since,
        )


def _reason(reason: OutputReason | None) -> OutputReasonView | None:
    return None if reason is None else OutputReasonView(code=reason.code, detail=reason.detail)
