"""Cursors that lead nowhere are refused: an empty page would look like the end of the list."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.api.answers.good_project import GOOD_ON_PROJECTS
from tests.api.answers.good_room import GOOD_IN_ROOMS
from tests.api.answers.operations import DOCUMENT
from tests.api.answers.scene import open_scene, opened_doors
from tests.support.buses import Buses
from tests.support.gateway import ServedHouse
from tests.support.problems import problem
from tests.support.stores import Store
from tests.support.tally import tally

pytestmark = pytest.mark.asyncio(loop_scope="module")

_GOOD = GOOD_ON_PROJECTS | GOOD_IN_ROOMS
LISTS = [name for name, one in DOCUMENT.operations.items() if "cursor" in one.query]
GARBAGE = (
    "",
    " ",
    "!",
    "\0",
    "\n",
    "..",
    "%",
    "' OR 1=1 --",
    "\u202e",
    "🎭",
    "x" * 300,
    "-1",
    "{}",
    "eyJpZCI6MX0=",
)
NAMELIKE = ("999999999999999999999999", "ROOM_1", "rm_")
BY_NAME = ("list_templates", "list_bans")
# Paged by when things were made: behind what is not there is no place.
BY_TIME = {
    "list_sessions": "ses_00000000000000000000",
    "list_broadcasts": "bc_00000000000000000000",
    "list_polls": "poll_00000000000000000000",
    "list_deliveries": "dl_00000000000000000000",
    "list_messages": "msg_00000000000000000000",
    "list_session_messages": "msg_00000000000000000000",
    "list_recordings": "rec_00000000000000000000",
    "list_media": "med_00000000000000000000",
    "list_playbacks": "plb_00000000000000000000",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory, schema: Store, buses: Buses) -> AsyncIterator[ServedHouse]:
    async with opened_doors(tmp_path_factory.mktemp("house"), schema, buses) as opened:
        yield opened


@pytest.mark.parametrize("name", LISTS)
async def test_a_cursor_that_is_none_is_malformed(doors: ServedHouse, name: str) -> None:
    scene = await open_scene(doors)
    call = await _GOOD[name](scene)
    more = [] if name in BY_NAME else [*NAMELIKE, *([BY_TIME[name]] if name in BY_TIME else [])]
    for cursor in (*GARBAGE, *more):
        call.query["cursor"] = cursor
        found = problem(await scene.send(call))
        assert (found["code"], [one["path"] for one in found["errors"]]) == ("malformed", ["cursor"]), repr(cursor)
        tally("hostile cursors")


async def test_every_list_that_is_paged_is_known_here() -> None:
    paged = {name for name, one in DOCUMENT.operations.items() if "limit" in one.query}
    assert paged == set(LISTS)
    assert len(LISTS) == 23
