"""The rules of polls and quizzes, row by row."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstage.model.ids import PollId, RoomId
from onstage.model.polls import (
    LARGEST_QUESTIONS_CHARS,
    answer_problems,
    counted,
    empty_result,
    has_leaderboard,
    is_result_shown,
    plan_problems,
    planned_anew,
    points_for,
)
from onstage.model.records import (
    Answer,
    Poll,
    PollKind,
    PollPlan,
    PollResult,
    PollStatus,
    Question,
    QuestionType,
    ResultsShown,
)
from onstage.model.state_keys import may_write
from onstage.model.views import PollView

ONE = Question(text="Which?", options=("a", "b", "c"), correct=(1,), points=3)
MANY = Question(text="Which ones?", type=QuestionType.MULTIPLE_CHOICE, options=("a", "b", "c"), correct=(0, 2))
TEXT = Question(text="What?", type=QuestionType.TEXT, correct_texts=("The Answer", "42"), points=5)
QUIZ = PollPlan(kind=PollKind.QUIZ, title="Quiz", questions=(ONE, MANY, TEXT))


def paths(plan: PollPlan) -> list[str]:
    return [one.path for one in plan_problems(plan)]


def test_a_good_plan_has_no_problems() -> None:
    assert plan_problems(QUIZ) == []


@pytest.mark.parametrize(
    ("question", "change", "path"),
    [
        (ONE, {"options": ("a",), "correct": ()}, "options"),
        (ONE, {"options": (), "correct": ()}, "options"),
        (ONE, {"options": ("a", "a")}, "options"),
        (ONE, {"correct": (3,)}, "correct"),
        (ONE, {"correct": (-1,)}, "correct"),
        (ONE, {"correct": (0, 1)}, "correct"),
        (ONE, {"correct_texts": ("a",)}, "correct_texts"),
        (MANY, {"correct": (0, 0)}, "correct"),
        (TEXT, {"options": ("a", "b")}, "options"),
        (TEXT, {"correct": (0,)}, "correct"),
    ],
)
def test_what_is_wrong_with_a_question_is_named_by_its_path(
    question: Question, change: dict[str, object], path: str
) -> None:
    plan = replace(QUIZ, questions=(ONE, question.model_copy(update=change)))
    assert paths(plan) == [f"questions.1.{path}"]


def test_only_a_quiz_has_right_answers() -> None:
    plan = replace(QUIZ, kind=PollKind.POLL)
    assert paths(plan) == ["questions.0.correct", "questions.1.correct", "questions.2.correct_texts"]


def test_all_the_text_of_a_poll_is_bounded() -> None:
    long = ONE.model_copy(update={"options": ("x" * (LARGEST_QUESTIONS_CHARS - 7), "y")})
    assert paths(replace(QUIZ, questions=(long,))) == []
    assert paths(replace(QUIZ, questions=(long, TEXT))) == ["questions"]


@pytest.mark.parametrize(
    ("answers", "answered", "expected"),
    [
        ([Answer(question=0, options=(2,))], (), []),
        ([Answer(question=1, options=(2, 0)), Answer(question=2, text="x")], (), []),
        ([Answer(question=3, options=(0,))], (), ["answers.0.question"]),
        ([Answer(question=0, options=(0,)), Answer(question=0, options=(0,))], (), ["answers.1.question"]),
        ([Answer(question=0)], (), ["answers.0.options"]),
        ([Answer(question=0, options=(0, 1))], (), ["answers.0.options"]),
        ([Answer(question=0, options=(3,))], (), ["answers.0.options"]),
        ([Answer(question=1, options=(1, 1))], (), ["answers.0.options"]),
        ([Answer(question=1, options=())], (), ["answers.0.options"]),
        ([Answer(question=0, options=(0,), text="x")], (), ["answers.0.text"]),
        ([Answer(question=2, text="")], (), ["answers.0.text"]),
        ([Answer(question=2)], (), ["answers.0.text"]),
        ([Answer(question=2, text="x", options=(0,))], (), ["answers.0.options"]),
    ],
)
def test_what_is_wrong_with_an_answer_is_named_by_its_path(
    answers: list[Answer], answered: Sequence[int], expected: list[str]
) -> None:
    assert [one.path for one in answer_problems(QUIZ.questions, answers, answered)] == expected


def test_what_has_to_be_answered_is_answered_now_or_has_been() -> None:
    required = (ONE, MANY.model_copy(update={"is_required": True}))
    first, second = Answer(question=0, options=(0,)), Answer(question=1, options=(0,))
    [missing] = answer_problems(required, [first], ())
    assert (missing.path, missing.problem) == ("answers", "question 1 has to be answered")
    assert answer_problems(required, [first, second], ()) == []
    assert answer_problems(required, [first], {1}) == []


@pytest.mark.parametrize(
    ("question", "answer", "points"),
    [
        (ONE, Answer(question=0, options=(1,)), 3),
        (ONE, Answer(question=0, options=(0,)), 0),
        (MANY, Answer(question=0, options=(2, 0)), 1),
        (MANY, Answer(question=0, options=(0,)), 0),
        (MANY, Answer(question=0, options=(0, 1, 2)), 0),
        (TEXT, Answer(question=0, text="the  ANSWER "), 5),
        (TEXT, Answer(question=0, text="\uff14\uff12"), 5),  # full-width digits
        (TEXT, Answer(question=0, text="43"), 0),
        (ONE.model_copy(update={"correct": ()}), Answer(question=0, options=(0,)), 0),
        (TEXT.model_copy(update={"correct_texts": ()}), Answer(question=0, text="x"), 0),
    ],
)
def test_an_answer_scores_all_or_nothing(question: Question, answer: Answer, points: int) -> None:
    assert points_for(question, answer) == points


choices = st.integers(0, 2).map(lambda one: Answer(question=0, options=(one,)))
several = st.sets(st.integers(0, 2), min_size=1).map(lambda some: Answer(question=1, options=tuple(some)))
texts = st.text(min_size=1, max_size=5).map(lambda text: Answer(question=2, text=text))
Voter = tuple[Answer | None, ...]
ballots = st.tuples(st.none() | choices, st.none() | several, st.none() | texts)


@given(st.lists(ballots, max_size=40))
def test_a_tally_is_the_sum_of_what_was_answered(voters: list[Voter]) -> None:
    given_by = [[one for one in voter if one is not None] for voter in voters]
    tally = empty_result(QUIZ.questions)
    for answers in given_by:
        tally = counted(tally, answers, is_new_voter=True)
    by_question = [[one for answers in given_by for one in answers if one.question == number] for number in range(3)]
    assert tally.voters == len(voters)
    assert [one.answers for one in tally.questions] == [len(answers) for answers in by_question]
    assert sum(tally.questions[0].votes) == tally.questions[0].answers
    assert sum(tally.questions[1].votes) == sum(len(one.options) for one in by_question[1])
    assert tally.questions[2].votes == ()
    for result in tally.questions[:2]:
        assert all(count <= result.answers for count in result.votes)


def in_two_orders(voters: list[Voter]) -> st.SearchStrategy[tuple[list[Voter], list[Voter]]]:
    return st.tuples(st.just(voters), st.permutations(voters))


@given(st.lists(ballots, max_size=10).flatmap(in_two_orders))
def test_a_tally_is_the_same_whoever_came_first(orders: tuple[list[Voter], list[Voter]]) -> None:
    def tally(voters: list[Voter]) -> PollResult:
        result = empty_result(QUIZ.questions)
        for voter in voters:
            result = counted(result, [one for one in voter if one is not None], is_new_voter=True)
        return result

    assert tally(orders[0]) == tally(orders[1])


def poll(plan: PollPlan, status: PollStatus) -> Poll:
    empty = empty_result(plan.questions)
    return Poll(
        id=PollId("poll_1"),
        room_id=RoomId("rm_1"),
        session_id=None,
        plan=plan,
        status=status,
        tally=empty,
        result=empty,
        created_by=None,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("shown", "created", "started", "stopped"),
    [
        (ResultsShown.LIVE, False, True, True),
        (ResultsShown.AFTER_STOP, False, False, True),
        (ResultsShown.NEVER, False, False, False),
    ],
)
def test_results_are_shown_when_the_plan_says(shown: ResultsShown, created: bool, started: bool, stopped: bool) -> None:
    plan = replace(QUIZ, results_shown=shown)
    assert [is_result_shown(poll(plan, status)) for status in PollStatus] == [created, started, stopped]


@pytest.mark.parametrize("status", PollStatus)
@pytest.mark.parametrize("kind", PollKind)
def test_right_answers_are_told_of_a_quiz_that_has_stopped_and_of_nothing_else(
    kind: PollKind, status: PollStatus
) -> None:
    view = PollView.of(poll(replace(QUIZ, kind=kind), status))
    is_told = kind is PollKind.QUIZ and status is PollStatus.STOPPED
    assert [one.correct is not None for one in view.questions] == [is_told] * 3
    assert [one.correct_texts is not None for one in view.questions] == [is_told] * 3


def test_only_a_quiz_with_names_has_a_leaderboard() -> None:
    assert has_leaderboard(QUIZ)
    assert not has_leaderboard(replace(QUIZ, is_anonymous=True))
    assert not has_leaderboard(replace(QUIZ, kind=PollKind.POLL))


def test_another_plan_begins_to_count_anew() -> None:
    changed = planned_anew(poll(QUIZ, PollStatus.CREATED), replace(QUIZ, questions=(TEXT,)))
    assert [one.votes for one in changed.tally.questions] == [()]
    assert changed.result == changed.tally


@pytest.mark.parametrize(
    ("patterns", "key", "allowed"),
    [
        ((), "a", False),
        (("*",), "a.b:c", True),
        (("poll.*",), "poll.1", True),
        (("poll.*",), "polls", False),
        (("poll.*",), "xpoll.1", False),
        (("participant.{id}.*",), "participant.pa_1.mood", True),
        (("participant.{id}.*",), "participant.pa_2.mood", False),
        (("participant.{id}.*",), "participant.{id}.mood", False),
        (("a", "b?"), "b1", True),
        (("a", "b?"), "B1", False),
    ],
)
def test_a_role_writes_the_keys_its_patterns_match(patterns: tuple[str, ...], key: str, allowed: bool) -> None:
    assert may_write(patterns, key, "pa_1") is allowed
