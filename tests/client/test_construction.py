"""A client that could never call is not made."""

from typing import Any

import pytest

from onstage.client import AsyncOnstage, Onstage
from tests.support.gateway import ServedHouse


@pytest.mark.parametrize("kind", [Onstage, AsyncOnstage])
@pytest.mark.parametrize(
    ("url", "given", "said"),
    [
        ("http://here", {"project_id": "prj_1"}, "belong together"),
        ("http://here", {"secret": "sk"}, "belong together"),
        ("http://here", {"project_id": "prj_1", "token": "t"}, "belong together"),
        ("http://here", {"project_id": "prj_1", "secret": "sk", "token": "t"}, "either"),
        ("here", {}, "no URL"),
    ],
)
def test_what_does_not_go_together_is_said_at_once(kind: Any, url: str, given: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        kind(url, **given)


async def test_the_address_may_end_with_the_apis_own(url: str, onstage: AsyncOnstage, doors: ServedHouse) -> None:
    house = doors.house
    async with AsyncOnstage(f"{url}/v1/", project_id=house.project.id, secret=house.secret) as client:
        assert await client.get_own_project() == await onstage.get_own_project()
