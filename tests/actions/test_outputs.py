"""What a broadcast feeds: asked for, reported on, and told to everybody, but for its key."""

import json

import pytest

from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcast_stop import stop_broadcast
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.output_making import NewOutput
from onstage.actions.outputs import add_output, remove_output, report_output
from onstage.actions.reading import read_broadcast
from onstage.actions.sealing_anew import seal_anew
from onstage.actions.target_urls import NewTarget, unsealed
from onstage.errors import ErrorCode
from onstage.model.outputs import MOST_OUTPUTS, Output, OutputReason, OutputStatus, OutputTrouble, OutputType
from onstage.model.permission import Permission
from onstage.model.records import Broadcast, BroadcastStatus
from onstage.model.views import BroadcastView
from onstage.sealing import Keyring
from tests.support.house import TOKEN_SECRET, House
from tests.support.refusals import refusal, refused

KEY = "sesame-4711"
URL = "rtmps://93.184.216.34/live"
LOST = OutputReason(OutputTrouble.LOST, "closed by the server")


def target(url: str = URL, key: str | None = KEY) -> NewOutput:
    return NewOutput(OutputType.RTMP, NewTarget(url, key))


async def on_air(house: House, *outputs: NewOutput) -> Broadcast:
    return await start_broadcast(house.ctx, house.server, "show", NewBroadcast(outputs=outputs))


async def add(house: House, show: Broadcast, output: NewOutput) -> Output:
    return await add_output(house.ctx, house.server, show.id, output)


async def statuses(house: House, show: Broadcast) -> list[tuple[str, str]]:
    found = await read_broadcast(house.ctx, house.server, show.id)
    return [(one.type.value, one.status.value) for one in found.outputs]


async def test_hls_comes_first_and_is_as_far_as_its_broadcast(house: House) -> None:
    show = await on_air(house)
    seen = [await statuses(house, show)]
    for status in (BroadcastStatus.LIVE, BroadcastStatus.FAILED):
        await report_status(house.ctx, show.id, status)
        seen.append(await statuses(house, show))
    assert seen == [[("hls", status)] for status in ("connecting", "live", "failed")]
    assert [name for name in await house.names() if name.startswith("output")] == []


async def test_every_step_of_a_target_is_told_with_its_broadcast(house: House) -> None:
    show = await on_air(house, target())
    output = show.outputs[1]
    for status, reason in [(OutputStatus.LIVE, None), (OutputStatus.RECONNECTING, LOST), (OutputStatus.LIVE, None)]:
        for _ in range(2):  # what is known already is not told again
            await report_output(house.ctx, show.id, output.id, status, reason)
    await remove_output(house.ctx, house.server, show.id, output.id)
    told = [event for event in await house.events() if event.name.startswith("output.")]
    assert [event.name.partition(".")[2] for event in told] == ["connecting", "live", "reconnecting", "live", "ended"]
    assert told[2].data["output"]["reason"] == {"code": "lost", "detail": "closed by the server"}
    assert told[3].data["output"]["reason"] is None
    assert all(event.data["broadcast"]["outputs"][1] == event.data["output"] for event in told)


async def test_what_is_over_stays_over(house: House) -> None:
    show = await on_air(house, target())
    output = show.outputs[1]
    await report_output(house.ctx, show.id, output.id, OutputStatus.FAILED, OutputReason(OutputTrouble.REFUSED))
    behind = await house.seq()
    await report_output(house.ctx, show.id, output.id, OutputStatus.LIVE)
    await report_output(house.ctx, show.id, "out_unknown", OutputStatus.LIVE)
    await report_output(house.ctx, "bc_unknown", output.id, OutputStatus.LIVE)
    assert await house.names(behind=behind) == []


async def test_a_target_ends_with_its_broadcast_and_a_failed_one_stays_failed(house: House) -> None:
    show = await on_air(house, target(), target(key="another"))
    await report_output(house.ctx, show.id, show.outputs[1].id, OutputStatus.FAILED)
    behind = await house.seq()
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    assert await house.names(behind=behind) == ["broadcast.ended", "output.ended"]
    assert await statuses(house, show) == [("hls", "ended"), ("rtmp", "failed"), ("rtmp", "ended")]


async def test_removing_twice_is_told_once_and_hls_is_not_removed(house: House) -> None:
    show = await on_air(house, target())
    for _ in range(2):
        done = await remove_output(house.ctx, house.server, show.id, show.outputs[1].id)
        assert done.reason == OutputReason(OutputTrouble.REMOVED)
    assert (await house.names()).count("output.ended") == 1
    hls = remove_output(house.ctx, house.server, show.id, show.outputs[0].id)
    assert await refused(hls) is ErrorCode.OUTPUT_NOT_REMOVABLE
    assert await refused(remove_output(house.ctx, house.server, show.id, "out_no")) is ErrorCode.OUTPUT_NOT_FOUND


async def test_the_same_target_twice_is_refused_unless_the_first_is_over(house: House) -> None:
    show = await on_air(house, target())
    by_path = target(f"{URL}/{KEY}", None)
    assert await refused(add(house, show, by_path)) is ErrorCode.OUTPUT_EXISTS
    await remove_output(house.ctx, house.server, show.id, show.outputs[1].id)
    assert (await add(house, show, by_path)).status is OutputStatus.CONNECTING


async def test_a_broadcast_has_so_many_outputs_and_forgets_old_ones(house: House) -> None:
    show = await on_air(house)
    for number in range(3 * MOST_OUTPUTS):
        output = await add(house, show, target(key=f"key-{number}"))
        await report_output(house.ctx, show.id, output.id, OutputStatus.FAILED)
    assert len(await statuses(house, show)) < 2 * MOST_OUTPUTS
    for number in range(MOST_OUTPUTS - 1):
        await add(house, show, target(key=f"key-{number}"))
    assert await refused(add(house, show, target(key="one more"))) is ErrorCode.OUTPUT_LIMIT_REACHED


async def test_nothing_is_added_to_what_is_stopping(house: House) -> None:
    show = await on_air(house)
    await stop_broadcast(house.ctx, house.server, show.id)
    assert await refused(add(house, show, target())) is ErrorCode.BROADCAST_OVER


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("rtmp://10.0.0.1/live", ErrorCode.URL_NOT_ALLOWED),
        ("rtmp://localhost/live", ErrorCode.URL_NOT_ALLOWED),
        ("rtmp://93.184.216.34:25/live", ErrorCode.URL_NOT_ALLOWED),
        ("rtmp://user:password@93.184.216.34/live", ErrorCode.URL_NOT_ALLOWED),
        ("https://93.184.216.34/live", ErrorCode.URL_NOT_ALLOWED),
        ("file:///etc/passwd", ErrorCode.URL_NOT_ALLOWED),
        ("rtmp://93.184.216.34", ErrorCode.MALFORMED),
    ],
)
async def test_a_target_goes_through_the_outbound_guard(house: House, url: str, code: ErrorCode) -> None:
    error = await refusal(on_air(house, target(url)))
    assert error.code is code
    assert error.errors[0].path == "outputs.0.url"
    assert KEY not in f"{error} {error.errors}"


@pytest.mark.parametrize(
    ("url", "key", "shown", "app", "name"),
    [
        ("rtmp://93.184.216.34/live", "k?a=b", "rtmp://93.184.216.34/live", "/live", "k?a=b"),
        ("rtmps://93.184.216.34:443/rtmp/", "FB-1?s=%20", "rtmps://93.184.216.34/rtmp", "/rtmp", "FB-1?s=%20"),
        ("RTMP://93.184.216.34:1936/a/b/K#y?z=1", None, "rtmp://93.184.216.34:1936/a/b", "/a/b", "K#y?z=1"),
        ("rtmp://93.184.216.34/app?token=s", "k", "rtmp://93.184.216.34/app", "/app?token=s", "k"),
    ],
)
async def test_a_url_is_parted_into_what_is_shown_and_what_is_secret(
    house: House, url: str, key: str | None, shown: str, app: str, name: str
) -> None:
    output = (await on_air(house, target(url, key))).outputs[1]
    found = unsealed(house.ctx, output.sealed or "")
    assert found is not None
    assert (output.url, found.tc_url.removeprefix(f"rtmp://{found.host}").removeprefix(":1936")[-len(app) :]) == (
        shown,
        app,
    )
    assert found.key == name
    assert name not in repr(found)
    assert name not in repr(NewTarget(url, key))


async def test_the_key_is_in_no_view_event_or_snapshot_and_unreadable_in_the_store(house: House) -> None:
    vic = await house.join("vic", "viewer")
    show = await on_air(house, target(f"{URL}/{KEY}", None))
    await report_output(house.ctx, show.id, show.outputs[1].id, OutputStatus.RECONNECTING, LOST)
    told = [json.dumps(event.data) for event in await house.events()]
    seen = [*told, json.dumps(await house.snapshot(vic)), BroadcastView.of(show).model_dump_json(), repr(show)]
    assert not [one for one in seen if KEY in one]
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    ended = await read_broadcast(house.ctx, house.server, show.id)
    assert [one.sealed for one in ended.outputs] == [None, None]


async def test_a_key_outlives_a_change_of_the_servers_secret(house: House) -> None:
    show = await on_air(house, target())
    new = b"another secret of thirty-two bytes"
    house.ctx.keyring = Keyring(new, (TOKEN_SECRET,))
    await seal_anew(house.ctx)
    house.ctx.keyring = Keyring(new)
    sealed = (await read_broadcast(house.ctx, house.server, show.id)).outputs[1].sealed
    found = unsealed(house.ctx, sealed or "")
    assert found is not None
    assert found.key == KEY


async def test_outputs_take_the_right_to_change_the_broadcast(house: House) -> None:
    show = await on_air(house)
    gus = await house.join("gus", "guest")
    assert Permission.BROADCAST_UPDATE not in gus.permissions
    for attempt in (
        add_output(house.ctx, house.caller(gus), show.id, target()),
        remove_output(house.ctx, house.caller(gus), show.id, show.outputs[0].id),
    ):
        assert await refused(attempt) is ErrorCode.PERMISSION_DENIED
