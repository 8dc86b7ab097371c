"""`test_content.py` at length: every layout on every canvas, every trouble, and a wire that loses."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from onstage.model.broadcast_defaults import CanvasShape
from onstage.model.layout import Layout, LayoutName
from tests.support.content.complaints import PROMISED
from tests.support.content.looks import ANN, BOB, CID, SCREEN_CHROMA, Look
from tests.support.content.scenes import change_of_layout, loss, troubles
from tests.support.content.setting import Setting
from tests.support.netns import OtherMachine, other_machine
from tests.support.onstage_server import OnstageServer

pytestmark = pytest.mark.soak

CANVASES = (CanvasShape.WIDE, CanvasShape.UPRIGHT)
LAYOUTS = (
    Layout(name=LayoutName.GRID),
    Layout(name=LayoutName.SIDEBAR, pins=("ann",)),
    Layout(name=LayoutName.SCREEN_SHARE),
)
LOOKS = (ANN, BOB, Look("cid", CID.chroma, CID.tone_hz, screen_chroma=SCREEN_CHROMA))
PARTS = 60
"""Half a minute."""


def named(value: object) -> str:
    return str(value.name.value) if isinstance(value, Layout) else str(value)


@pytest.fixture
def machine() -> Iterator[OtherMachine]:
    with other_machine() as machine:
        yield machine


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[OnstageServer]:
    server = OnstageServer(tmp_path / "data")
    await server.start()
    await server.make_project()
    yield server
    await server.stop()


@pytest.fixture
async def reachable_server(tmp_path: Path, machine: OtherMachine) -> AsyncIterator[OnstageServer]:
    """One that the other machine reaches."""
    settings = {"HOST": "0.0.0.0", "MEDIA_IP": machine.our_ip}
    server = OnstageServer(tmp_path / "data", settings=settings)
    await server.start()
    await server.make_project()
    yield server
    await server.stop()


@pytest.mark.parametrize("canvas", CANVASES, ids=named)
@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(LAYOUTS, 2)), ids=named)
async def test_every_change_of_layout(
    server: OnstageServer, canvas: CanvasShape, before: Layout, after: Layout
) -> None:
    assert await change_of_layout(server, Setting(before, canvas), after, LOOKS, PARTS, bars=PROMISED) == []


@pytest.mark.parametrize("canvas", CANVASES, ids=named)
@pytest.mark.parametrize("layout", LAYOUTS, ids=named)
async def test_every_trouble_in_every_layout(server: OnstageServer, canvas: CanvasShape, layout: Layout) -> None:
    assert await troubles(server, Setting(layout, canvas), PARTS // 3, bars=PROMISED) == []


async def test_a_publisher_whose_wire_loses_five_of_a_hundred_datagrams(
    reachable_server: OnstageServer, machine: OtherMachine
) -> None:
    assert await loss(reachable_server, Setting(LAYOUTS[0]), machine, 5, 2 * PARTS, bars=PROMISED) == []
