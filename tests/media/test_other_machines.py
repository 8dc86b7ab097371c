"""The stage works from another machine: the engine offers addresses that others can reach, and so can we."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.engine.clients import PythonClient
from tests.media.people import somebody
from tests.support.livekit import ROOT, EngineHouse, livekit_house
from tests.support.netns import OtherMachine, other_machine
from tests.support.waiting import DEADLINE_S

UNREACHABLE = "203.0.113.7"  # RFC 5737: nobody has it


async def join_from(machine: OtherMachine, house: EngineHouse) -> asyncio.subprocess.Process:
    token = house.engine.access_token(somebody("remote"))
    return await asyncio.create_subprocess_exec(
        *(*machine.exec, sys.executable, "-m", "tests.engine.remote_client", house.ws_url, token, "ana"),
        stdin=PIPE,
        stdout=PIPE,
        cwd=ROOT,
    )


@pytest.mark.parametrize("media_ip_is_set", [False, True])
async def test_media_flows_both_ways_over_the_wire_to_another_machine(tmp_path: Path, media_ip_is_set: bool) -> None:
    with other_machine() as machine:
        media_ip = machine.our_ip if media_ip_is_set else None
        async with livekit_house(tmp_path, host=machine.our_ip, media_ip=media_ip) as house:
            ana = PythonClient("ana")
            await ana.join(house.ws_url, house.engine.access_token(somebody("ana")))
            await ana.publish("camera")
            remote = await join_from(machine, house)
            assert remote.stdout is not None
            try:
                said = json.loads(await asyncio.wait_for(remote.stdout.readline(), DEADLINE_S))
                await ana.sees("frame", "remote")
            finally:
                await remote.communicate(b"\n")
            assert said["frame"] == "320x240"
            assert said["pairs"]
            assert {tuple(pair) for pair in said["pairs"]} == {(machine.its_ip, machine.our_ip)}
            await ana.leave()


async def test_people_on_this_machine_join_also_when_they_cannot_reach_the_public_address(tmp_path: Path) -> None:
    async with livekit_house(tmp_path, media_ip=UNREACHABLE) as house:
        ana, ben = PythonClient("ana"), PythonClient("ben")
        for client in (ana, ben):
            await client.join(house.ws_url, house.engine.access_token(somebody(client.identity)))
        await ana.publish("camera")
        await ben.sees("frame", "ana")
        await asyncio.gather(ana.leave(), ben.leave())
