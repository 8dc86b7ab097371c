"""Tokens that an app signs by itself are as good as those the server makes, and no better than their key."""

from datetime import timedelta

import jwt
import pytest

from onstage.client import ApiError, AsyncOnstage, ProjectKey
from tests.support.house import House


@pytest.fixture
async def key(house: House, onstage: AsyncOnstage) -> ProjectKey:
    made = await onstage.create_key(name="signing", roles=["viewer", "guest"])
    return ProjectKey(house.project.id, made.key.id, made.secret)


async def test_who_joins_with_one_is_who_it_says(house: House, key: ProjectKey, onstage: AsyncOnstage) -> None:
    token = key.participant_token(
        "show", "user-1", "guest", name="Ann", metadata={"team": 1}, now=house.clock.now(), join_audio_muted=True
    )
    joined = (await onstage.join(token=token)).participant
    assert (joined.identity, joined.name, joined.role, joined.metadata) == ("user-1", "Ann", "guest", {"team": 1})
    assert joined.join_audio_muted


async def test_it_grants_no_more_than_its_key(house: House, key: ProjectKey, onstage: AsyncOnstage) -> None:
    with pytest.raises(ApiError, match="token_exceeds_key"):
        await onstage.join(token=key.participant_token("show", "user-1", "host", now=house.clock.now()))


async def test_it_ends_when_it_says(house: House, key: ProjectKey, onstage: AsyncOnstage) -> None:
    token = key.participant_token("show", "user-1", "viewer", ttl=timedelta(minutes=1), now=house.clock.now())
    await house.clock.advance(66)
    with pytest.raises(ApiError, match="token_expired"):
        await onstage.join(token=token)


async def test_a_management_token_does_what_the_server_may(house: House, key: ProjectKey, url: str) -> None:
    unbound = ProjectKey(house.project.id, *(await _second_key(house, url)))
    async with AsyncOnstage(url, token=unbound.management_token(now=house.clock.now())) as calls:
        assert (await calls.create_room(name="by-token")).name == "by-token"


async def _second_key(house: House, url: str) -> tuple[str, str]:
    async with AsyncOnstage(url, project_id=house.project.id, secret=house.secret) as onstage:
        made = await onstage.create_key(name="all")
    return made.key.id, made.secret


def test_each_token_can_be_revoked_alone(house: House) -> None:
    key = ProjectKey("prj_x", "key_x", "s" * 32)
    tokens = [key.participant_token("show", "user-1", "viewer") for _ in range(2)]
    ids = {jwt.decode(token, options={"verify_signature": False})["jti"] for token in tokens}
    assert len(ids) == 2


def test_a_key_does_not_show_its_secret() -> None:
    assert "hidden" not in repr(ProjectKey("prj_x", "key_x", "hidden"))
