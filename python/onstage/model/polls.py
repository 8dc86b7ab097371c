"""The rules of polls and quizzes: what a good plan and a good answer are, what answers score, what votes amount to."""

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from onstage.errors import FieldProblem
from onstage.model.authority import Person, refusal
from onstage.model.permission import Permission
from onstage.model.records import (
    Answer,
    Poll,
    PollKind,
    PollPlan,
    PollResult,
    PollStatus,
    Question,
    QuestionResult,
    QuestionType,
    ResultsShown,
)

LARGEST_QUESTIONS_CHARS = 16_384
"""All the text of a poll's questions: it is in every snapshot."""
FEWEST_OPTIONS = 2
_PREPARING = (Permission.POLL_CREATE, Permission.POLL_START, Permission.POLL_STOP)


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees of a poll beyond what everybody sees."""

    correct: bool = False
    result: bool = False


EVERYBODYS = Sight()


def sight_of(actor: Person | None) -> Sight:
    """What `actor` (None: a server) sees: who makes polls the right answers, who stops them the results."""
    return Sight(
        correct=refusal(actor, Permission.POLL_CREATE) is None,
        result=refusal(actor, Permission.POLL_STOP) is None,
    )


def prepares(actor: Person | None) -> bool:
    """Whether `actor` (None: a server) has to do with polls before they start, and with those of other sessions."""
    return any(refusal(actor, one) is None for one in _PREPARING)


def is_result_shown(poll: Poll) -> bool:
    """Whether everybody sees what the votes amount to."""
    match poll.plan.results_shown:
        case ResultsShown.LIVE:
            return poll.status is not PollStatus.CREATED
        case ResultsShown.AFTER_STOP:
            return poll.status is PollStatus.STOPPED
        case ResultsShown.NEVER:
            return False


def has_leaderboard(plan: PollPlan) -> bool:
    """Whether points are counted for persons."""
    return plan.kind is PollKind.QUIZ and not plan.is_anonymous


def plan_problems(plan: PollPlan) -> list[FieldProblem]:
    """What is wrong with a plan; the paths are those of the body it came in."""
    found = [one for place, question in enumerate(plan.questions) for one in _question_problems(plan, place, question)]
    if sum(_chars(question) for question in plan.questions) > LARGEST_QUESTIONS_CHARS:
        found.append(FieldProblem("questions", f"more than {LARGEST_QUESTIONS_CHARS} characters together"))
    return found


def _chars(question: Question) -> int:
    return sum(map(len, (question.text, *question.options, *question.correct_texts)))


def _question_problems(plan: PollPlan, place: int, question: Question) -> Iterator[FieldProblem]:
    path = f"questions.{place}"
    if question.type is QuestionType.TEXT:
        if question.options:
            yield FieldProblem(f"{path}.options", "a question of type text has no options")
    elif len(question.options) < FEWEST_OPTIONS:
        yield FieldProblem(f"{path}.options", f"fewer than {FEWEST_OPTIONS} options")
    elif len(set(question.options)) < len(question.options):
        yield FieldProblem(f"{path}.options", "two options are the same")
    if question.correct:
        problem = _problem_with_correct(plan, question)
        if problem:
            yield FieldProblem(f"{path}.correct", problem)
    if question.correct_texts and (plan.kind is PollKind.POLL or question.type is not QuestionType.TEXT):
        yield FieldProblem(f"{path}.correct_texts", "only a text question of a quiz has right texts")


def _problem_with_correct(plan: PollPlan, question: Question) -> str | None:
    if plan.kind is PollKind.POLL:
        return "only a quiz has right answers"
    if question.type is QuestionType.SINGLE_CHOICE and len(question.correct) > 1:
        return "a single choice has one right option"
    return _problem_with_choice(question, question.correct)


def _problem_with_choice(question: Question, chosen: Sequence[int]) -> str | None:
    if any(not 0 <= one < len(question.options) for one in chosen):
        return f"the options are 0 to {len(question.options) - 1}" if question.options else "there are no options"
    if len(set(chosen)) < len(chosen):
        return "an option is named twice"
    return None


def answer_problems(
    questions: Sequence[Question], answers: Sequence[Answer], answered: Collection[int]
) -> list[FieldProblem]:
    """What is wrong with somebody's answers, who has `answered` these questions before."""
    found = [one for place, answer in enumerate(answers) for one in _answer_problems(questions, answers, place, answer)]
    given = {answer.question for answer in answers} | set(answered)
    missing = [number for number, one in enumerate(questions) if one.is_required and number not in given]
    return found + [FieldProblem("answers", f"question {number} has to be answered") for number in missing]


def _answer_problems(
    questions: Sequence[Question], answers: Sequence[Answer], place: int, answer: Answer
) -> Iterator[FieldProblem]:
    path = f"answers.{place}"
    if answer.question >= len(questions):
        yield FieldProblem(f"{path}.question", f"the questions are 0 to {len(questions) - 1}")
        return
    if any(answer.question == other.question for other in answers[:place]):
        yield FieldProblem(f"{path}.question", "the question is answered twice")
    question = questions[answer.question]
    if question.type is QuestionType.TEXT:
        if answer.options:
            yield FieldProblem(f"{path}.options", "the question is answered with a text")
        if not answer.text:
            yield FieldProblem(f"{path}.text", "the question is answered with a text")
        return
    if answer.text is not None:
        yield FieldProblem(f"{path}.text", "the question is answered with options")
    problem = _problem_with_options(question, answer)
    if problem:
        yield FieldProblem(f"{path}.options", problem)


def _problem_with_options(question: Question, answer: Answer) -> str | None:
    if not answer.options:
        return "no option is chosen"
    if question.type is QuestionType.SINGLE_CHOICE and len(answer.options) > 1:
        return "a single choice takes one option"
    return _problem_with_choice(question, answer.options)


def points_for(question: Question, answer: Answer) -> int:
    """What the answer scores: all the question's points, or none."""
    if question.type is QuestionType.TEXT:
        right = _plain(answer.text or "") in map(_plain, question.correct_texts)
    else:
        right = bool(question.correct) and set(answer.options) == set(question.correct)
    return question.points if right else 0


def _plain(text: str) -> str:
    """How texts are compared: without regard to case, spacing and the forms of Unicode."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def empty_result(questions: Sequence[Question]) -> PollResult:
    """Before anybody has voted."""
    return PollResult(questions=tuple(QuestionResult(votes=(0,) * len(one.options)) for one in questions))


def counted(result: PollResult, answers: Sequence[Answer], *, is_new_voter: bool) -> PollResult:
    """The result with these answers of one participant counted in."""
    given = {answer.question: answer for answer in answers}
    return PollResult(
        voters=result.voters + is_new_voter,
        questions=tuple(
            _with_answer(one, given[number]) if number in given else one for number, one in enumerate(result.questions)
        ),
    )


def _with_answer(result: QuestionResult, answer: Answer) -> QuestionResult:
    votes = tuple(count + (option in answer.options) for option, count in enumerate(result.votes))
    return QuestionResult(votes=votes, answers=result.answers + 1)


def planned_anew(poll: Poll, plan: PollPlan) -> Poll:
    """A poll that has not started, with another plan."""
    empty = empty_result(plan.questions)
    return replace(poll, plan=plan, tally=empty, result=empty)
