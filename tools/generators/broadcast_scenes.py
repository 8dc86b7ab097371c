"""What happens to shows in the recordings."""

from dataclasses import replace

from onstage.actions.broadcast_life import report_degraded, report_restarted, report_status
from onstage.actions.broadcast_stop import stop_broadcast
from onstage.actions.broadcasts import BroadcastChange, NewBroadcast, start_broadcast, update_broadcast
from onstage.actions.making import NewRoom
from onstage.actions.output_making import NewOutput
from onstage.actions.outputs import add_output, remove_output, report_output
from onstage.actions.recording_life import report_finished
from onstage.actions.recordings import pause_recording, resume_recording
from onstage.actions.rooms import create_room
from onstage.actions.target_urls import NewTarget
from onstage.actions.templates import create_template
from onstage.model.broadcast_defaults import BroadcastDefaults
from onstage.model.degradation import OF_COMPOSER, Degradation
from onstage.model.outputs import OutputReason, OutputStatus, OutputTrouble, OutputType
from onstage.model.records import BroadcastReason, BroadcastStatus
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from tests.support.house import House
from tools.generators.scene import Watch


async def a_broadcast_from_start_to_end(house: House, watch: Watch) -> None:
    """Every state of a show: another layout, another composer, a want of time; then another show begins."""
    await house.join("anna", "host")
    vic = await house.join("vic", "viewer")
    await watch(vic)
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
    await house.clock.advance(1.5)
    await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    await update_broadcast(
        house.ctx, house.server, show.id, BroadcastChange(title="Tonight", layout={"name": "spotlight"})
    )
    await report_restarted(house.ctx, show.id)
    for without in ((Degradation.ENCODER_EFFORT,), (Degradation.ENCODER_EFFORT, Degradation.REPEATED_PICTURES), ()):
        await report_degraded(house.ctx, show.id, without, of=OF_COMPOSER)
    await stop_broadcast(house.ctx, house.server, show.id)
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    await house.clock.advance(1)
    second = await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
    await house.clock.advance(15)
    await report_status(house.ctx, second.id, BroadcastStatus.FAILED, reason=BroadcastReason.NO_FIRST_PART)


async def two_broadcasts_at_once(house: House, watch: Watch) -> None:
    """In a room that may have two: the newest that runs is the one that is shown, then the other, then the last."""
    template = replace(INTERACTIVE_LIVE_STREAM, name="two", broadcast=BroadcastDefaults(max_broadcasts=2))
    await create_template(house.ctx, house.server, template)
    house.room = await create_room(house.ctx, house.server, NewRoom(name="two", title="Two", template="two"))
    await watch(await house.join("vic", "viewer"))
    shows = []
    for _ in range(2):
        shows.append(await start_broadcast(house.ctx, house.server, "two", NewBroadcast(max_duration_s=3_600)))
        await house.clock.advance(1)
    for show in shows:
        await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    for show in reversed(shows):
        await house.clock.advance(1)
        await stop_broadcast(house.ctx, house.server, show.id)
        await report_status(house.ctx, show.id, BroadcastStatus.ENDED)


async def outputs_of_a_broadcast_come_and_go(house: House, watch: Watch) -> None:
    """One target from the start, lost and back; another refuses; a third is removed; the first ends with the show."""
    vic = await house.join("vic", "viewer")
    await watch(vic)
    at = [NewOutput(OutputType.RTMP, NewTarget(f"rtmps://93.184.216.34/live/key-{number}")) for number in range(3)]
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast(outputs=at[:1]))
    await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    for status in (OutputStatus.LIVE, OutputStatus.RECONNECTING, OutputStatus.LIVE):
        await house.clock.advance(1)
        await report_output(house.ctx, show.id, show.outputs[1].id, status)
    second = await add_output(house.ctx, house.server, show.id, at[1])
    refused = OutputReason(OutputTrouble.REFUSED, "NetStream.Publish.BadName")
    await report_output(house.ctx, show.id, second.id, OutputStatus.FAILED, refused)
    third = await add_output(house.ctx, house.server, show.id, at[2])
    await remove_output(house.ctx, house.server, show.id, third.id)
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)


async def a_show_is_recorded(house: House, watch: Watch) -> None:
    """From its start, with a pause; then no more, while the show goes on; and it can be played."""
    await watch(await house.join("vic", "viewer"))
    wanted = [NewOutput(OutputType.RECORDING)]
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast(outputs=wanted))
    output = show.outputs[1]
    assert output.recording_id is not None
    await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    for change in (pause_recording, resume_recording):
        await house.clock.advance(1)
        await change(house.ctx, house.server, output.recording_id)
    await remove_output(house.ctx, house.server, show.id, output.id)
    await report_finished(house.ctx, output.recording_id, duration_s=2.0, size_bytes=600_000)
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)


BROADCAST_SCENES = (
    a_broadcast_from_start_to_end,
    two_broadcasts_at_once,
    outputs_of_a_broadcast_come_and_go,
    a_show_is_recorded,
)
