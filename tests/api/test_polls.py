"""Polls over REST: bodies, answers, and every refusal."""

from typing import Any

import pytest

from onstage.actions.polls import MOST_RUNNING
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem

POLLS = "/v1/rooms/show/polls"
DRINKS = {"title": "Drinks", "questions": [{"text": "Tea or coffee?", "options": ["tea", "coffee"]}]}
QUIZ = {
    "kind": "quiz",
    "title": "Capitals",
    "questions": [
        {"text": "France?", "options": ["Lyon", "Paris"], "correct": [1], "points": 2, "required": True},
        {"text": "Italy?", "type": "text", "correct_texts": ["Rome", "Roma"]},
    ],
}


def bearer(token: str) -> dict[str, Any]:
    return {"auth": None, "headers": {"Authorization": f"Bearer {token}"}}


async def created(doors: ServedHouse, body: dict[str, Any], **more: Any) -> str:
    answer = await doors.rest.post(POLLS, json=body | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def started(doors: ServedHouse, body: dict[str, Any], **more: Any) -> str:
    poll = await created(doors, body, **more)
    assert (await doors.rest.post(f"{POLLS}/{poll}/start")).status_code == 200
    return poll


async def vote(doors: ServedHouse, token: str, poll: str, *answers: dict[str, Any]) -> Any:
    return await doors.rest.post(f"{POLLS}/{poll}/vote", json={"answers": list(answers)}, **bearer(token))


async def test_a_quiz_from_its_plan_to_its_leaderboard(doors: ServedHouse) -> None:
    anna, vic = await doors.token("anna", "host"), await doors.token("vic", "viewer")
    made = await doors.rest.post(POLLS, json=QUIZ)
    assert made.status_code == 201
    quiz = made.json()
    assert quiz["id"].startswith("poll_")
    assert (quiz["status"], quiz["questions"][0]["correct"]) == ("created", [1])
    path = f"{POLLS}/{quiz['id']}"
    changed = await doors.rest.patch(path, json={"title": "Cities", "vote_roles": ["viewer"], "duration_s": 60})
    assert changed.json() == quiz | {"title": "Cities", "vote_roles": ["viewer"], "duration_s": 60}
    reset = await doors.rest.patch(path, json={"vote_roles": None, "duration_s": None})
    assert reset.json() == quiz | {"title": "Cities"}
    assert (await doors.rest.post(f"{path}/start", **bearer(anna))).json()["status"] == "started"
    seen = (await doors.rest.get(path, **bearer(vic))).json()
    assert [(one["correct"], one["correct_texts"]) for one in seen["questions"]] == [(None, None), (None, None)]
    await doors.house.clock.advance(2)
    voted = await vote(doors, vic, quiz["id"], {"question": 1, "text": " roma "}, {"question": 0, "options": [1]})
    assert voted.status_code == 200
    assert voted.json() == {
        "poll_id": quiz["id"],
        "answers": [{"question": 0, "options": [1], "text": None}, {"question": 1, "options": [], "text": "roma"}],
    }
    assert code(await doors.rest.get(f"{path}/results", **bearer(vic))) == "poll_results_hidden"
    assert code(await doors.rest.get(f"{path}/leaderboard", **bearer(vic))) == "poll_results_hidden"
    over = (await doors.rest.post(f"{path}/stop", **bearer(anna))).json()
    assert over["result"] == {
        "voters": 1,
        "questions": [{"votes": [0, 1], "answers": 1}, {"votes": [], "answers": 1}],
    }
    results = (await doors.rest.get(f"{path}/results", **bearer(vic))).json()
    assert results == {"poll_id": quiz["id"], "status": "stopped", "result": over["result"]}
    [place] = (await doors.rest.get(f"{path}/leaderboard", **bearer(vic))).json()["data"]
    assert (place["rank"], place["name"], place["points"], place["took_ms"]) == (1, "Vic", 3, 2000)
    answers = (await doors.rest.get(f"{path}/votes", **bearer(anna))).json()["data"]
    assert [(one["participant_name"], one["points"]) for one in answers] == [("Vic", 2), ("Vic", 1)]
    assert [one["id"] for one in (await doors.rest.get(POLLS, params={"status": "stopped"})).json()["data"]] == [
        quiz["id"]
    ]


async def test_what_is_listed_comes_in_pages(doors: ServedHouse) -> None:
    voters = [await doors.token(name, "viewer") for name in ("ann", "bob", "cat")]
    for _ in range(2):
        await created(doors, DRINKS)
    quiz = await started(doors, QUIZ)
    for token in voters:
        assert (await vote(doors, token, quiz, {"question": 0, "options": [1]})).status_code == 200
        await doors.house.clock.advance(1)
    for path, size in ((POLLS, 3), (f"{POLLS}/{quiz}/leaderboard", 3), (f"{POLLS}/{quiz}/votes", 3)):
        first = (await doors.rest.get(path, params={"limit": 2})).json()
        second = (await doors.rest.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
        assert (len(first["data"]), len(second["data"]), second["next_cursor"]) == (2, size - 2, None)
        assert all(one not in first["data"] for one in second["data"])
    for kind in ("leaderboard", "votes"):
        found = problem(await doors.rest.get(f"{POLLS}/{quiz}/{kind}", params={"cursor": "x"}))
        assert [one["path"] for one in found["errors"]] == ["cursor"]
    only = (await doors.rest.get(f"{POLLS}/{quiz}/votes", params={"question": 1})).json()
    assert only["data"] == []


async def test_a_poll_that_has_not_started_is_deleted(doors: ServedHouse) -> None:
    poll = await created(doors, DRINKS)
    answer = await doors.rest.delete(f"{POLLS}/{poll}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert code(await doors.rest.get(f"{POLLS}/{poll}")) == "poll_not_found"


_QUESTION = DRINKS["questions"][0]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "bell\u0007"}, "title"),
        ({"kind": "survey"}, "kind"),
        ({"questions": []}, "questions"),
        ({"questions": [_QUESTION] * 51}, "questions"),
        ({"questions": [{"text": "x" * 1_001, "options": ["a", "b"]}]}, "questions.0.text"),
        ({"questions": [_QUESTION, {"text": "?", "options": ["a"]}]}, "questions.1.options"),
        ({"questions": [{"text": "?", "options": ["x" * 201, "b"]}]}, "questions.0.options.0"),
        ({"questions": [{"text": "?", "options": [str(one) for one in range(21)]}]}, "questions.0.options"),
        ({"questions": [{"text": "?", "options": ["a", " a "]}]}, "questions.0.options"),
        ({"questions": [{"text": "?", "type": "text", "options": ["a", "b"]}]}, "questions.0.options"),
        ({"questions": [{"text": "?", "options": ["a", "b"], "correct": [0]}]}, "questions.0.correct"),
        ({"questions": [{"text": "?", "options": ["a", "b"], "correct": [20]}]}, "questions.0.correct.0"),
        ({"questions": [{"text": "?", "options": ["a", "b"], "points": -1}]}, "questions.0.points"),
        ({"questions": [{"text": "x" * 999, "options": ["a", "b"]}] * 17}, "questions"),
        ({"vote_roles": []}, "vote_roles"),
        ({"duration_s": 4}, "duration_s"),
        ({"metadata": {"a": "y" * 9_000}}, "metadata"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_is_wrong_with_a_plan_is_named_by_its_path(
    doors: ServedHouse, change: dict[str, Any], path: str
) -> None:
    poll = await created(doors, DRINKS)
    for answer in (
        await doors.rest.post(POLLS, json=DRINKS | change),
        await doors.rest.patch(f"{POLLS}/{poll}", json=change),
    ):
        found = problem(answer)
        assert found["code"] == "malformed"
        assert [one["path"] for one in found["errors"]] == [path]


@pytest.mark.parametrize(
    ("answers", "paths"),
    [
        ([], ["answers"]),
        ([{"question": 0, "options": [1]}] * 51, ["answers"]),
        ([{"options": [1]}], ["answers.0.question"]),
        ([{"question": 50, "options": [1]}], ["answers.0.question"]),
        ([{"question": -1, "options": [1]}], ["answers.0.question"]),
        ([{"question": 9, "options": [1]}], ["answers.0.question", "answers"]),
        ([{"question": 0, "options": [2]}], ["answers.0.options"]),
        ([{"question": 0, "options": [20]}], ["answers.0.options.0"]),
        ([{"question": 0, "options": []}], ["answers.0.options"]),
        ([{"question": 0, "options": [0, 1]}], ["answers.0.options"]),
        ([{"question": 1, "text": "Rome"}], ["answers"]),
        ([{"question": 0, "options": [1]}, {"question": 1, "text": " "}], ["answers.1.text"]),
        ([{"question": 0, "options": [1]}, {"question": 1, "text": "x" * 501}], ["answers.1.text"]),
        ([{"question": 0, "options": [1]}, {"question": 1, "text": "bell\u0007"}], ["answers.1.text"]),
        ([{"question": 0, "options": [1]}, {"question": 1}], ["answers.1.text"]),
        ([{"question": 0, "options": [1]}, {"question": 0, "options": [1]}], ["answers.1.question"]),
    ],
)
async def test_what_is_wrong_with_a_vote_is_named_by_its_path(
    doors: ServedHouse, answers: list[dict[str, Any]], paths: list[str]
) -> None:
    vic = await doors.token("vic", "viewer")
    quiz = await started(doors, QUIZ)
    found = problem(await vote(doors, vic, quiz, *answers))
    assert (found["code"], [one["path"] for one in found["errors"]]) == ("malformed", paths)
    assert (await doors.rest.get(f"{POLLS}/{quiz}/results")).json()["result"]["voters"] == 0


async def test_each_refusal_has_its_code(doors: ServedHouse) -> None:
    rest = doors.rest
    tea = {"question": 0, "options": [0]}
    poll = await created(doors, DRINKS)
    assert code(await rest.post(f"{POLLS}/{poll}/start")) == "session_ended"
    anna, vic = await doors.token("anna", "host"), await doors.token("vic", "viewer")
    assert code(await rest.get(f"{POLLS}/poll_none")) == "poll_not_found"
    assert code(await rest.get(f"{POLLS}/{poll}", **bearer(vic))) == "poll_not_found"
    assert code(await rest.post(POLLS, json=DRINKS, **bearer(vic))) == "not_on_stage"
    assert code(await rest.post(POLLS, json=DRINKS | {"vote_roles": ["king"]})) == "unknown_role"
    assert code(await rest.patch(f"{POLLS}/{poll}", json={"vote_roles": ["king"]})) == "unknown_role"
    assert code(await rest.post(f"{POLLS}/{poll}/stop")) == "poll_not_open"
    assert code(await vote(doors, anna, poll, tea)) == "poll_not_open"
    assert (await rest.post(f"{POLLS}/{poll}/start")).status_code == 200
    for method, path in (("POST", "/start"), ("DELETE", "")):
        assert code(await rest.request(method, f"{POLLS}/{poll}{path}")) == "poll_already_started"
    assert code(await rest.patch(f"{POLLS}/{poll}", json={"title": "late"})) == "poll_already_started"
    assert (await vote(doors, vic, poll, tea)).status_code == 200
    assert code(await vote(doors, vic, poll, tea)) == "already_voted"
    assert code(await rest.post(f"{POLLS}/{poll}/vote", json={"answers": [tea]})) == "permission_denied"
    assert code(await rest.get(f"{POLLS}/{poll}/leaderboard")) == "poll_has_no_leaderboard"
    assert code(await rest.get(f"{POLLS}/{poll}/votes", **bearer(vic))) == "not_on_stage"
    hosts = await started(doors, DRINKS, vote_roles=["host"])
    assert code(await vote(doors, vic, hosts, tea)) == "permission_denied"
    for _ in range(MOST_RUNNING - 2):
        await started(doors, DRINKS)
    extra = await created(doors, DRINKS)
    assert code(await rest.post(f"{POLLS}/{extra}/start")) == "poll_limit_reached"
    assert (await rest.post(f"{POLLS}/{poll}/stop")).status_code == 200
    assert code(await vote(doors, vic, poll, tea)) == "poll_not_open"


async def test_nothing_over_rest_ties_a_person_to_an_anonymous_vote(doors: ServedHouse) -> None:
    anna = await doors.token("anna", "host")
    vic = await doors.token("victoria", "viewer")
    poll = await started(doors, DRINKS, anonymous=True, results_shown="live")
    cast = await vote(doors, vic, poll, {"question": 0, "options": [1]})
    assert cast.json()["answers"] == [{"question": 0, "options": [], "text": None}]
    assert code(await vote(doors, vic, poll, {"question": 0, "options": [1]})) == "already_voted"
    await doors.rest.post(f"{POLLS}/{poll}/stop")
    person = await doors.house.join("victoria", "viewer")
    for path in (POLLS, f"{POLLS}/{poll}", f"{POLLS}/{poll}/results", f"{POLLS}/{poll}/votes"):
        for caller in ({}, bearer(anna)):
            answer = await doors.rest.get(path, **caller)
            assert answer.status_code == 200
            for word in (person.id, "victoria", "Victoria"):
                assert word not in answer.text
    [one] = (await doors.rest.get(f"{POLLS}/{poll}/votes")).json()["data"]
    assert one == {
        "answer": {"question": 0, "options": [1], "text": None},
        "participant_id": None,
        "participant_name": None,
        "points": None,
        "voted_at": None,
    }
