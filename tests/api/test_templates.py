"""Templates over REST: defaults, versions, what makes no sense and where, and what a change reaches."""

import asyncio
from typing import Any

import httpx
import pytest

from onstage.actions.projects import create_project
from onstage.model.broadcast_defaults import BroadcastDefaults
from onstage.model.layout import Layout, LayoutName
from onstage.model.look import Look
from onstage.model.role import SEAT_DEFAULTS, STAGE_DEFAULTS
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem

TEMPLATES = "/v1/templates"
PLAIN: dict[str, Any] = {"name": "talk", "roles": {"speaker": {"level": "stage"}, "listener": {"level": "viewer"}}}


async def made(doors: ServedHouse, **more: Any) -> dict[str, Any]:
    answer = await doors.rest.post(TEMPLATES, json=PLAIN | more)
    assert answer.status_code == 201, answer.text
    template: dict[str, Any] = answer.json()
    return template


def problems(answer: httpx.Response) -> dict[str, str]:
    """Path and problem of each wrong field."""
    found = problem(answer)
    assert found["code"] == "malformed"
    return {one["path"]: one["problem"] for one in found["errors"]}


async def test_what_a_template_leaves_out_is_filled_in(doors: ServedHouse) -> None:
    template = await made(doors)
    speaker, listener = template["roles"]["speaker"], template["roles"]["listener"]
    assert list(template["roles"]) == ["speaker", "listener"]
    assert set(speaker["publish"]) == {"camera", "microphone", "screen_share", "screen_share_audio"}
    assert speaker["permissions"] == sorted(STAGE_DEFAULTS)
    assert (speaker["priority"], speaker["subscribe_to"], speaker["max_participants"]) == (5, None, None)
    assert (listener["publish"], listener["permissions"]) == ({}, sorted(SEAT_DEFAULTS))
    assert (template["promote_role"], template["demote_role"]) == ("speaker", "listener")
    assert (template["version"], template["built_in"]) == (1, False)
    assert template["broadcast"] == BroadcastDefaults().model_dump(mode="json")
    assert template["settings"]["broadcast"]["auto_start"] is False


async def test_what_it_says_comes_back_as_it_was_said(doors: ServedHouse) -> None:
    guest = {
        "level": "stage",
        "publish": {
            "camera": {
                "max_width": 1280,
                "max_height": 720,
                "max_frame_rate": 30,
                "max_bitrate_bps": 1_500_000,
                "simulcast": False,
            },
            "microphone": {
                "max_width": None,
                "max_height": None,
                "max_frame_rate": None,
                "max_bitrate_bps": 48_000,
                "simulcast": True,
            },
        },
        "subscribe_to": ["guest"],
        "permissions": ["message.send", "poll.create"],
        "priority": 3,
        "max_participants": 4,
        "state_keys": ["poll.*", "participant.{id}.*"],
    }
    given = {
        "roles": {"guest": guest, "seat": {"level": "audience"}},
        "promote_role": "guest",
        "demote_role": "seat",
        "broadcast": {
            "layout": Layout(name=LayoutName.SIDEBAR, gap_px=0).model_dump(mode="json"),
            "canvas": "9:16",
            "quality": "low",
            "ladder": [{"height": 480, "video_bps": 900_000}],
            "audio_bps": 64_000,
            "encoder": "libx264",
            "profile": "turbo",
            "dvr_window_s": 1800,
            "recording_assets": ["zip"],
            "captions": [{"language": "en", "name": "English"}],
            "marks": ["promotion", "poll"],
            "look": Look(audio_only=True).model_dump(mode="json"),
            "max_duration_s": 7200,
            "max_broadcasts": 2,
        },
        "settings": {"idle_end_s": 60, "broadcast": {"auto_start": True, "auto_stop_s": 30}},
    }
    template = await made(doors, **given)
    assert template["roles"]["guest"] == guest
    assert template["broadcast"] == given["broadcast"]
    assert template["settings"]["idle_end_s"] == 60
    assert (await doors.rest.get(f"{TEMPLATES}/talk")).json() == template
    assert (await doors.rest.get(f"{TEMPLATES}/{template['id']}")).json() == template


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"publish": {"camera": {"max_height": 0}}}, "roles.speaker.publish.camera.max_height"),
        ({"publish": {"microphone": {"max_width": 640}}}, "roles.speaker.publish.microphone.max_width"),
        ({"publish": {"webcam": {}}}, "roles.speaker.publish.webcam"),
        ({"permissions": ["participant.knight"]}, "roles.speaker.permissions.0"),
        ({"priority": 11}, "roles.speaker.priority"),
        ({"subscribe_to": ["listener", "nobody"]}, "roles.speaker.subscribe_to.1"),
        ({"state_keys": ["two words"]}, "roles.speaker.state_keys.0"),
        ({"max_participants": -1}, "roles.speaker.max_participants"),
        ({"max_participants": 0}, "roles.speaker.max_participants"),
        ({"level": "balcony"}, "roles.speaker.level"),
        ({"hidden": True}, "roles.speaker.hidden"),
    ],
)
async def test_a_wrong_field_of_a_role_is_named_by_its_path(
    doors: ServedHouse, wrong: dict[str, Any], path: str
) -> None:
    roles = PLAIN["roles"] | {"speaker": {"level": "stage"} | wrong}
    answer = await doors.rest.post(TEMPLATES, json=PLAIN | {"roles": roles})
    assert list(problems(answer)) == [path]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"roles": {"seat": {"level": "viewer"}}}, "roles"),
        ({"roles": {}}, "roles"),
        ({"roles": {"no way": {"level": "stage"}}}, "roles.no way"),
        ({"roles": {f"r{n}": {"level": "stage"} for n in range(33)}}, "roles"),
        ({"promote_role": "listener"}, "promote_role"),
        ({"promote_role": "nobody"}, "promote_role"),
        ({"demote_role": "speaker"}, "demote_role"),
        ({"demote_role": "nobody"}, "demote_role"),
        ({"name": "übung"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"broadcast": {"quality": "best"}}, "broadcast.quality"),
        ({"settings": {"idle_end_s": 1}}, "settings.idle_end_s"),
        ({"settings": {"ends_at": "2026-01-01T00:00:00Z"}}, "settings.ends_at"),
    ],
)
async def test_a_wrong_field_of_a_template_is_named_by_its_path(
    doors: ServedHouse, wrong: dict[str, Any], path: str
) -> None:
    assert list(problems(await doors.rest.post(TEMPLATES, json=PLAIN | wrong))) == [path]


async def test_below_the_stage_nobody_publishes_or_holds_what_needs_it(doors: ServedHouse) -> None:
    seat = {"level": "audience", "publish": {"camera": {}}, "permissions": ["hand.raise", "room.end"]}
    roles = {"speaker": {"level": "stage"}, "seat": seat}
    found = problems(await doors.rest.post(TEMPLATES, json=PLAIN | {"roles": roles}))
    assert found == {
        "roles.seat.publish": "only a role of level `stage` publishes",
        "roles.seat.permissions": "of no use below the stage: room.end",
    }


async def test_a_template_without_seats_sends_nobody_back_by_itself(doors: ServedHouse) -> None:
    await made(doors, roles={"speaker": {"level": "stage"}})
    house = doors.house
    await doors.rest.post("/v1/rooms", json={"name": "talk", "template": "talk"})
    await house.join("sue", "speaker", room="talk")
    answer = await doors.rest.post("/v1/rooms/talk/participants/sue/demote")
    assert code(answer) == "unknown_role"


async def test_a_change_is_a_merge_patch_and_the_next_version(doors: ServedHouse) -> None:
    first = await made(doors)
    change = {
        "roles": {
            "speaker": {"priority": 2, "publish": {"screen_share": None, "camera": {"max_height": 480}}},
            "listener": None,
            "seat": {"level": "audience"},
        },
        "demote_role": None,
        "settings": {"chat": {"slow_mode_s": 5}},
    }
    second = (await doors.rest.patch(f"{TEMPLATES}/talk", json=change)).json()
    assert (second["version"], second["id"]) == (2, first["id"])
    assert list(second["roles"]) == ["speaker", "seat"]
    speaker = second["roles"]["speaker"]
    assert (speaker["priority"], speaker["permissions"]) == (2, first["roles"]["speaker"]["permissions"])
    assert set(speaker["publish"]) == {"camera", "microphone", "screen_share_audio"}
    assert (speaker["publish"]["camera"]["max_height"], speaker["publish"]["microphone"]["max_height"]) == (480, None)
    assert second["demote_role"] == "seat"
    assert second["settings"]["chat"] == {"enabled": True, "slow_mode_s": 5}
    back = {"roles": {"speaker": {"publish": {"camera": None}, "priority": None}}}
    third = (await doors.rest.patch(f"{TEMPLATES}/{first['id']}", json=back)).json()
    assert (third["version"], third["roles"]["speaker"]["priority"]) == (3, 5)
    assert "camera" not in third["roles"]["speaker"]["publish"]


async def test_a_change_that_makes_no_sense_changes_nothing(doors: ServedHouse) -> None:
    first = await made(doors)
    answer = await doors.rest.patch(f"{TEMPLATES}/talk", json={"roles": {"listener": None}})
    assert list(problems(answer)) == ["demote_role"]
    answer = await doors.rest.patch(f"{TEMPLATES}/talk", json={"roles": {"new": {"priority": 3}}})
    assert list(problems(answer)) == ["roles.new.level"]
    assert (await doors.rest.get(f"{TEMPLATES}/talk")).json() == first


async def test_every_version_stays_readable(doors: ServedHouse) -> None:
    await made(doors)
    for priority in (4, 3, 2):
        await doors.rest.patch(f"{TEMPLATES}/talk", json={"roles": {"speaker": {"priority": priority}}})
    listed = (await doors.rest.get(f"{TEMPLATES}/talk/versions", params={"limit": 3})).json()
    assert [one["version"] for one in listed["data"]] == [4, 3, 2]
    rest = await doors.rest.get(f"{TEMPLATES}/talk/versions", params={"cursor": listed["next_cursor"]})
    assert [one["version"] for one in rest.json()["data"]] == [1]
    second = (await doors.rest.get(f"{TEMPLATES}/talk/versions/2")).json()
    assert (second["version"], second["roles"]["speaker"]["priority"]) == (2, 4)
    assert code(await doors.rest.get(f"{TEMPLATES}/talk/versions/5")) == "template_not_found"


async def test_of_two_who_change_the_same_version_one_is_told(doors: ServedHouse) -> None:
    await made(doors)
    change = {"if_version": 1, "roles": {"speaker": {"priority": 2}}}
    assert (await doors.rest.patch(f"{TEMPLATES}/talk", json=change)).status_code == 200
    late = problem(await doors.rest.patch(f"{TEMPLATES}/talk", json=change))
    assert (late["code"], late["expected"]) == ("template_changed", "if_version 2")


async def test_built_in_templates_are_listed_and_cloned_and_never_changed(doors: ServedHouse) -> None:
    await made(doors, name="my-talk")
    names = [one["name"] for one in (await doors.rest.get(TEMPLATES)).json()["data"]]
    assert names == ["conference", "interactive-live-stream", "my-talk", "webinar"]
    webinar = (await doors.rest.get(f"{TEMPLATES}/webinar")).json()
    assert (webinar["built_in"], webinar["id"], webinar["created_at"]) == (True, None, None)
    assert code(await doors.rest.patch(f"{TEMPLATES}/webinar", json={})) == "template_built_in"
    assert code(await doors.rest.delete(f"{TEMPLATES}/webinar")) == "template_built_in"
    assert code(await doors.rest.post(TEMPLATES, json=PLAIN | {"name": "webinar"})) == "template_name_taken"
    versions = (await doors.rest.get(f"{TEMPLATES}/webinar/versions")).json()["data"]
    assert versions == [webinar]
    clone = await doors.rest.post(f"{TEMPLATES}/webinar/clone", json={"name": "mine"})
    assert clone.status_code == 201
    assert (clone.json()["roles"], clone.json()["built_in"]) == (webinar["roles"], False)
    assert code(await doors.rest.post(f"{TEMPLATES}/webinar/clone", json={"name": "mine"})) == "template_name_taken"


async def test_lists_are_paged_by_name(doors: ServedHouse) -> None:
    for name in ("b", "a", "z"):
        await made(doors, name=name)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
        page = (await doors.rest.get(TEMPLATES, params=params)).json()
        seen += [one["name"] for one in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["a", "b", "conference", "interactive-live-stream", "webinar", "z"]


async def test_a_template_that_rooms_have_is_not_deleted(doors: ServedHouse) -> None:
    await made(doors)
    room = await doors.rest.post("/v1/rooms", json={"name": "hall", "template": "talk"})
    assert room.status_code == 201
    assert code(await doors.rest.delete(f"{TEMPLATES}/talk")) == "template_in_use"
    await doors.rest.delete("/v1/rooms/hall")
    assert (await doors.rest.delete(f"{TEMPLATES}/talk")).status_code == 204
    assert code(await doors.rest.get(f"{TEMPLATES}/talk")) == "template_not_found"
    assert (await made(doors))["version"] == 1


async def test_a_project_has_a_bounded_number_of_templates(doors: ServedHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onstage.actions.templates.MOST_TEMPLATES", 1)
    await made(doors)
    assert code(await doors.rest.post(TEMPLATES, json=PLAIN | {"name": "more"})) == "template_limit_reached"


async def test_of_many_who_add_the_last_template_at_once_one_does(
    doors: ServedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onstage.actions.templates.MOST_TEMPLATES", 1)
    adding = [doors.rest.post(TEMPLATES, json=PLAIN | {"name": f"more-{number}"}) for number in range(8)]
    assert sorted(one.status_code for one in await asyncio.gather(*adding)) == [201, *[409] * 7]


async def test_a_change_reaches_a_live_room_at_the_next_join_or_change_of_role(doors: ServedHouse) -> None:
    await made(doors, roles={"speaker": {"level": "stage"}, "seat": {"level": "audience"}})
    await doors.rest.post("/v1/rooms", json={"name": "hall", "template": "talk"})
    house = doors.house
    amy = await house.join("amy", "seat", room="hall")
    change = {"roles": {"seat": {"permissions": ["custom.send"]}, "speaker": {"publish": {"camera": None}}}}
    assert (await doors.rest.patch(f"{TEMPLATES}/talk", json=change)).status_code == 200
    assert (await house.now(amy)).permissions == amy.permissions
    bob = await house.join("bob", "seat", room="hall")
    assert [one.value for one in bob.permissions] == ["custom.send"]
    promoted = await house.promoted(amy)
    assert "camera" not in {one.value for one in promoted.sources}


async def test_templates_are_the_servers_business_and_another_projects_do_not_exist(doors: ServedHouse) -> None:
    template = await made(doors)
    anna = await doors.token("anna", "host")
    mine: dict[str, Any] = {"auth": None, "headers": {"Authorization": f"Bearer {anna}"}}
    assert code(await doors.rest.get(TEMPLATES, **mine)) == "permission_denied"
    assert code(await doors.rest.patch(f"{TEMPLATES}/talk", json={}, **mine)) == "permission_denied"
    stranger, secret = await create_project(doors.house.ctx, "stranger")
    async with httpx.AsyncClient(base_url=doors.url, auth=(stranger.id, secret)) as rest:
        for name in ("talk", template["id"]):
            assert code(await rest.get(f"{TEMPLATES}/{name}")) == "template_not_found"
            assert code(await rest.patch(f"{TEMPLATES}/{name}", json={})) == "template_not_found"
            assert code(await rest.delete(f"{TEMPLATES}/{name}")) == "template_not_found"
            assert code(await rest.post(f"{TEMPLATES}/{name}/clone", json={"name": "x"})) == "template_not_found"
        assert (await rest.post(TEMPLATES, json=PLAIN)).status_code == 201


def class_of(**teacher: Any) -> dict[str, Any]:
    """A template whose teacher lacks what a speaker may do."""
    promotes = {"level": "stage", "permissions": ["participant.promote", "participant.set_role"]}
    pupil = {"level": "viewer", "permissions": ["hand.raise"]}
    roles = {"teacher": promotes | teacher, "speaker": {"level": "stage"}, "pupil": pupil}
    return {"roles": roles, "promote_role": "speaker"}


async def test_who_ranks_above_a_role_gives_it_whole_and_no_more(doors: ServedHouse) -> None:
    assert (await doors.rest.post(TEMPLATES, json={"name": "class", **class_of(priority=1)})).status_code == 201
    room = (await doors.rest.post("/v1/rooms", json={"name": "maths", "template": "class"})).json()["id"]
    people = {}
    for identity, role in (("tea", "teacher"), ("pip", "pupil")):
        token = await doors.house.token(identity, role, room=room)
        assert (await doors.rest.post("/v1/join", json={"token": token}, auth=None)).status_code == 200
        people[identity] = {"auth": None, "headers": {"Authorization": f"Bearer {token}"}}
    pip = f"/v1/rooms/{room}/participants/pip"
    more = {"force": True, "permissions": ["room.end"]}
    assert code(await doors.rest.post(f"{pip}/promote", json=more, **people["tea"])) == "permission_denied"
    promoted = await doors.rest.post(f"{pip}/promote", json={"force": True}, **people["tea"])
    assert promoted.json()["participant"]["permissions"] == sorted(STAGE_DEFAULTS)
    upwards = {"role": "teacher", "force": True}
    assert code(await doors.rest.post(f"{pip}/role", json=upwards, **people["pip"])) == "permission_denied"


async def test_of_ones_own_rank_nobody_gets_to_more_by_another_role(doors: ServedHouse) -> None:
    roles = {
        "chair": {"level": "stage", "permissions": ["participant.set_role"]},
        "bouncer": {"level": "stage", "permissions": ["participant.ban"]},
    }
    await made(doors, roles=roles)
    room = (await doors.rest.post("/v1/rooms", json={"name": "club", "template": "talk"})).json()["id"]
    token = await doors.house.token("cat", "chair", room=room)
    await doors.rest.post("/v1/join", json={"token": token}, auth=None)
    headers = {"Authorization": f"Bearer {token}"}
    path = f"/v1/rooms/{room}/participants/cat/role"
    found = problem(await doors.rest.post(path, json={"role": "bouncer"}, auth=None, headers=headers))
    assert (found["code"], "participant.ban" in found["detail"]) == ("permission_denied", True)
    assert "`priority`" in found["expected"]


@pytest.mark.parametrize(
    ("teacher", "says"),
    [
        ({}, "'teacher' is of the same rank, and lacks custom.send"),
        ({"priority": 6}, "'teacher' ranks lower"),
    ],
)
async def test_a_template_in_which_nobody_who_promotes_can_is_refused(
    doors: ServedHouse, teacher: dict[str, Any], says: str
) -> None:
    found = problems(await doors.rest.post(TEMPLATES, json={"name": "class", **class_of(**teacher)}))
    assert list(found) == ["promote_role"]
    assert says in found["promote_role"]
