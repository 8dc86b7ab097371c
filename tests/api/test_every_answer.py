"""Every operation of the OpenAPI document was seen to give each of its answers, and no other."""

from collections.abc import AsyncIterator, Iterable

import pytest
import pytest_asyncio

from tests.api.answers.causes import cause_of
from tests.api.answers.good_project import GOOD_ON_PROJECTS
from tests.api.answers.good_room import GOOD_IN_ROOMS
from tests.api.answers.operations import DOCUMENT, Answer, Operation
from tests.api.answers.scene import Call, Making, Scene, open_scene, opened_doors, reset
from tests.api.answers.special_project import SPECIAL_ON_PROJECTS
from tests.api.answers.special_room import SPECIAL_IN_ROOMS
from tests.support.buses import Buses
from tests.support.gateway import ServedHouse
from tests.support.stores import Store
from tests.support.tally import tally

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOOD = GOOD_ON_PROJECTS | GOOD_IN_ROOMS
SPECIAL = SPECIAL_ON_PROJECTS | SPECIAL_IN_ROOMS
# What anybody with a token may try on any operation, whether the document says that it ends so or not.
TRIED = {
    "key_bounded",
    "room_not_found",
    "permission_denied",
    "not_on_stage",
    "token_wrong_room",
    "participant_removed",
    "participant_left",
    "session_ended",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory, schema: Store, buses: Buses) -> AsyncIterator[ServedHouse]:
    async with opened_doors(tmp_path_factory.mktemp("house"), schema, buses) as opened:
        yield opened


async def answered(scene: Scene, call: Call) -> Answer:
    """What a call is answered; then all is as it was for the others."""
    try:
        return await scene.answer(call)
    finally:
        reset(scene.house.ctx)


async def refused(scene: Scene, call: Call, code: str) -> Answer:
    """What a call is answered that would go well, but for what that code says."""
    cause = cause_of(code, call)
    assert cause is not None, f"nothing makes {call.operation.name} answer {code}"
    return await answered(scene, await cause(scene, call))


async def in_one_scene(doors: ServedHouse, operation: Operation, codes: Iterable[str]) -> dict[str, Answer]:
    """What it answers for these reasons, and when all is well."""
    scene = await open_scene(doors)
    call = await GOOD[operation.name](scene)
    seen = {code: await refused(scene, call, code) for code in codes}
    return seen | {"": await answered(scene, call)}


async def in_a_scene_of_its_own(doors: ServedHouse, making: Making) -> Answer:
    scene = await open_scene(doors)
    return await answered(scene, await making(scene))


async def outranked(doors: ServedHouse, name: str) -> Answer:
    """What somebody is answered who does it to somebody of a higher rank."""
    scene = await open_scene(doors)
    scene.rank = 1
    return await answered(scene, (await GOOD[name](scene)).by(await scene.host()))


async def tried(doors: ServedHouse, operation: Operation) -> set[Answer]:
    """What it answers where it is not documented to be refused."""
    scene = await open_scene(doors)
    codes = TRIED - operation.codes if "HTTPBearer" in operation.schemes else ()
    return {await refused(scene, await GOOD[operation.name](scene), code) for code in codes}


@pytest.mark.parametrize("name", DOCUMENT.operations)
async def test_an_operation_answers_all_that_is_documented_and_nothing_else(doors: ServedHouse, name: str) -> None:
    operation = DOCUMENT.operations[name]
    special = {code: making for (one, code), making in SPECIAL.items() if one == name}
    alone = {code: await in_a_scene_of_its_own(doors, making) for code, making in special.items()}
    if "outranked" in operation.codes:
        alone["outranked"] = await outranked(doors, name)
    together = await in_one_scene(doors, operation, operation.codes - alone.keys())
    seen = [*alone.items(), *together.items()]
    assert [code for code, answer in seen if answer[1] != code] == []
    assert {answer for _, answer in seen} == operation.documented
    assert await tried(doors, operation) <= operation.documented
    tally("operations whose every answer was seen")
    tally("answers seen (operation, status, code)", len(operation.documented))
