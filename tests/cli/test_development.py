"""What the first run makes is there at every run, with a secret that works."""

from pathlib import Path

from onstage.actions.access import ServerCaller
from onstage.actions.authentication import authenticate_project
from onstage.actions.keys import list_keys, revoke_key
from onstage.actions.projects import delete_project
from onstage.cli.development import development
from tests.support.house import House, house, schema

__all__ = ["house", "schema"]


async def test_a_second_run_keeps_what_the_first_made(house: House, tmp_path: Path) -> None:
    first = await development(house.ctx, tmp_path)
    assert await development(house.ctx, tmp_path) == first
    assert (tmp_path / "development.json").stat().st_mode & 0o077 == 0


async def test_a_revoked_key_is_replaced_and_the_links_stay(house: House, tmp_path: Path) -> None:
    first = await development(house.ctx, tmp_path)
    caller = ServerCaller(first.project_id)
    for key in await list_keys(house.ctx, caller, after=None, limit=10):
        await revoke_key(house.ctx, caller, key.id)
    second = await development(house.ctx, tmp_path)
    assert (second.project_id, second.host_code) == (first.project_id, first.host_code)
    assert (await authenticate_project(house.ctx, second.project_id, second.secret)).project_id == first.project_id
    assert await development(house.ctx, tmp_path) == second


async def test_a_closed_project_is_made_anew(house: House, tmp_path: Path) -> None:
    first = await development(house.ctx, tmp_path)
    await delete_project(house.ctx, ServerCaller(first.project_id))
    second = await development(house.ctx, tmp_path)
    assert second.project_id != first.project_id
    assert (await authenticate_project(house.ctx, second.project_id, second.secret)).project_id == second.project_id
