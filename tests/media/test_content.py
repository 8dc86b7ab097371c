"""What viewers of a show see and hear: everybody in their tile, all of it, together, and nobody who is muted.

Synthetic people flash and beep through real WebRTC; a viewer keeps the show's HLS, which is decoded and measured.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from onstage.model.broadcast_defaults import CanvasShape
from onstage.model.layout import Layout, LayoutName
from tests.support.content.complaints import ON_ANY_MACHINE
from tests.support.content.looks import ANN, BOB, CID, SCREEN_CHROMA, Look
from tests.support.content.scenes import change_of_layout, troubles
from tests.support.content.setting import Setting
from tests.support.onstage_server import OnstageServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHARER = Look("cid", CID.chroma, CID.tone_hz, screen_chroma=SCREEN_CHROMA)
WIDE, UPRIGHT = CanvasShape.WIDE, CanvasShape.UPRIGHT
GRID = Layout(name=LayoutName.GRID)
SIDEBAR = Layout(name=LayoutName.SIDEBAR, pins=("bob",))
SCREEN = Layout(name=LayoutName.SCREEN_SHARE)
SHORT = 9
"""Parts of half a second, before a change and after it."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OnstageServer]:
    """One for all shows: each has a room of its own."""
    server = OnstageServer(tmp_path_factory.mktemp("content") / "data")
    await server.start()
    await server.make_project()
    yield server
    await server.stop()


@pytest.mark.parametrize(
    ("canvas", "before", "after"), [(WIDE, GRID, SIDEBAR), (UPRIGHT, SIDEBAR, SCREEN)], ids=["wide", "upright"]
)
async def test_everybody_is_seen_and_heard_before_during_and_after_a_change_of_layout(
    server: OnstageServer, canvas: CanvasShape, before: Layout, after: Layout
) -> None:
    looks = (ANN, BOB, SHARER if after is SCREEN else CID)
    assert (
        await of_two_shows(
            lambda: change_of_layout(server, Setting(before, canvas), after, looks, SHORT, bars=ON_ANY_MACHINE)
        )
        == []
    ), "both times"


async def test_people_who_turn_leave_return_are_muted_or_have_no_camera(server: OnstageServer) -> None:
    assert await of_two_shows(lambda: troubles(server, Setting(GRID), SHORT, bars=ON_ANY_MACHINE)) == [], "both times"


async def of_two_shows(perform: Callable[[], Awaitable[list[str]]]) -> list[str]:
    """What the second is complained of, if the first was: a machine that stalls spoils one show, a defect each."""
    complaints = await perform()
    if complaints:
        complaints = await perform()
    return complaints
