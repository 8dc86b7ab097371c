"""Projects: the operator makes and closes them, each sees itself, and none sees another."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from onstage.actions import presence
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem

SECRET = "the operator's secret, of 32 bytes or more"
ADMIN = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
async def admin(doors: ServedHouse) -> AsyncIterator[httpx.AsyncClient]:
    """The operator, with the admin secret."""
    doors.house.ctx.admin_secret = SECRET
    async with httpx.AsyncClient(base_url=doors.url, headers=ADMIN) as client:
        yield client


async def made(admin: httpx.AsyncClient, name: str = "new", **more: Any) -> dict[str, Any]:
    answer = await admin.post("/v1/projects", json={"name": name, **more})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_project_is_made_with_a_key_that_works(doors: ServedHouse, admin: httpx.AsyncClient) -> None:
    new = await made(admin, allowed_origins=["https://app.example"])
    auth = (new["project"]["id"], new["secret"])
    own = await doors.rest.get("/v1/project", auth=auth)
    assert own.json() == new["project"] == (await admin.get(f"/v1/projects/{new['project']['id']}")).json()
    assert own.json()["allowed_origins"] == ["https://app.example"]
    assert (await doors.rest.get("/v1/rooms", auth=auth)).json()["data"] == []
    assert code(await doors.rest.get("/v1/rooms/show", auth=auth)) == "room_not_found"


async def test_projects_are_listed_page_by_page(doors: ServedHouse, admin: httpx.AsyncClient) -> None:
    for number in range(3):
        await made(admin, f"project {number}")
    first = (await admin.get("/v1/projects", params={"limit": 3})).json()
    rest = (await admin.get("/v1/projects", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    ids = {one["id"] for one in first["data"] + rest["data"]}
    assert (len(ids), rest["next_cursor"]) == (4, None)
    assert doors.house.project.id in ids


async def test_a_project_is_changed_by_itself_and_by_the_operator(doors: ServedHouse, admin: httpx.AsyncClient) -> None:
    path = f"/v1/projects/{doors.house.project.id}"
    mine = await doors.rest.patch("/v1/project", json={"name": "mine", "allowed_origins": ["HTTPS://App.Example/"]})
    assert (mine.json()["name"], mine.json()["allowed_origins"]) == ("mine", ["https://app.example"])
    theirs = await admin.patch(path, json={"allowed_origins": None})
    assert (theirs.json()["name"], theirs.json()["allowed_origins"]) == ("mine", None)
    assert (await doors.rest.patch("/v1/project", json={})).json() == theirs.json()


_WITH_MORE = ["https://app.example/path", "https://u@app.example", "https://app.example?x", "https://app.example:port"]
_NO_ORIGIN = ["app.example", "ftp://app.example", "https://*.example", "null", "", "https://", "x" * 301]


@pytest.mark.parametrize("origin", [*_WITH_MORE, *_NO_ORIGIN])
async def test_an_origin_that_no_page_has_is_malformed(doors: ServedHouse, origin: str) -> None:
    found = problem(await doors.rest.patch("/v1/project", json={"allowed_origins": [origin]}))
    assert (found["code"], found["errors"][0]["path"]) == ("malformed", "allowed_origins.0")


async def test_the_operator_keeps_a_projects_keys(doors: ServedHouse, admin: httpx.AsyncClient) -> None:
    project = doors.house.project.id
    path = f"/v1/projects/{project}/keys"
    new = (await admin.post(path, json={"name": "second"})).json()
    key = f"{path}/{new['key']['id']}"
    assert (await admin.get(key)).json() == new["key"]
    assert (await admin.patch(key, json={"name": "spare"})).json()["name"] == "spare"
    listed = (await admin.get(path)).json()["data"]
    assert {one["name"] for one in listed} == {"first", "spare"}
    for one in listed:  # the last one too: whoever keeps the server may shut a project out
        assert (await admin.delete(f"{path}/{one['id']}")).status_code == 204
    assert code(await doors.rest.get("/v1/rooms")) == "credentials_invalid"
    assert code(await doors.rest.get("/v1/rooms", auth=(project, new["secret"]))) == "credentials_invalid"
    assert code(await admin.patch(key, json={"name": "x"})) == "key_revoked"
    assert code(await admin.get(f"{path}/key_none")) == "key_not_found"


async def test_a_closed_project_is_found_nowhere(doors: ServedHouse, admin: httpx.AsyncClient) -> None:
    house = doors.house
    path = f"/v1/projects/{house.project.id}"
    link = (await doors.rest.post("/v1/rooms/show/codes", json={"role": "viewer"})).json()["code"]
    anna = await house.join("anna", "host")
    token = await house.token("anna", "host")
    assert code(await admin.delete(path)) == "project_active"
    await presence.leave_room(house.ctx, house.caller(anna))
    assert (await admin.delete(path)).status_code == 204
    assert code(await doors.rest.get("/v1/rooms")) == "credentials_invalid"
    assert code(await doors.rest.post("/v1/join", json={"token": token})) == "token_invalid"
    assert code(await doors.rest.post("/v1/join", json={"code": link})) == "room_code_not_found"
    async with doors.client(token) as client:
        assert await client.bye() == "token_invalid"
    for call in (admin.get(path), admin.delete(path), admin.patch(path, json={}), admin.get(f"{path}/keys")):
        assert code(await call) == "project_not_found"
    assert (await admin.get("/v1/projects")).json()["data"] == []


async def test_a_project_on_air_is_not_closed(doors: ServedHouse, admin: httpx.AsyncClient) -> None:
    assert (await doors.rest.post("/v1/rooms/show/broadcasts", json={})).status_code == 201
    assert code(await admin.delete(f"/v1/projects/{doors.house.project.id}")) == "project_active"


CALLS = [
    ("GET", "/v1/projects"),
    ("POST", "/v1/projects"),
    ("GET", "/v1/projects/{project}"),
    ("PATCH", "/v1/projects/{project}"),
    ("DELETE", "/v1/projects/{project}"),
    ("GET", "/v1/projects/{project}/keys"),
    ("POST", "/v1/projects/{project}/keys"),
    ("GET", "/v1/projects/{project}/keys/key_x"),
    ("PATCH", "/v1/projects/{project}/keys/key_x"),
    ("DELETE", "/v1/projects/{project}/keys/key_x"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_nobody_but_the_operator_gets_in(doors: ServedHouse, method: str, path: str) -> None:
    path = path.format(project=doors.house.project.id)
    body = {"name": "x"} if method in ("POST", "PATCH") else None
    token = await doors.house.token("anna", "host")

    async def refusal(**how: Any) -> str:
        return code(await doors.rest.request(method, path, json=body, **how))

    assert await refusal(auth=None, headers=ADMIN) == "admin_off"
    assert await refusal(auth=None) == "admin_off"
    doors.house.ctx.admin_secret = SECRET
    assert await refusal(auth=None) == "credentials_missing"
    assert await refusal() == "credentials_missing", "a project's own credentials are none here"
    for wrong in (SECRET[:-1], SECRET + "x", "x", token, "🎭"):
        headers = {"Authorization": f"Bearer {wrong}".encode()}
        assert await refusal(auth=None, headers=headers) == "credentials_invalid"


async def test_the_admin_secret_opens_nothing_else(doors: ServedHouse, admin: httpx.AsyncClient) -> None:
    assert code(await admin.get("/v1/rooms")) == "token_invalid"
    assert code(await admin.get("/v1/project")) == "token_invalid"


@pytest.mark.parametrize("authorization", [None, "Basic eDp5", "Bearer junk"])
async def test_whoever_is_not_the_operator_is_told_how_that_one_is_known(
    doors: ServedHouse, admin: httpx.AsyncClient, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = await doors.rest.get("/v1/projects", auth=None, headers=headers)
    assert code(answer) in ("credentials_missing", "credentials_invalid")
    assert answer.headers["www-authenticate"] == 'Bearer realm="onstage"'
