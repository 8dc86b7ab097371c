"""What prepares a poll, and what a vote says."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from onstage.actions.bodies.base import Body, Metadata
from onstage.model import plain_text
from onstage.model.records import Answer, PollKind, PollPlan, Question, QuestionType, ResultsShown

MOST_QUESTIONS = 50
MOST_OPTIONS = 20
_READABLE = AfterValidator(plain_text.message)

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _READABLE]
QuestionText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000), _READABLE]
Option = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _READABLE]
RightText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), _READABLE]
AnswerText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), _READABLE]
RoleName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
VoteRoles = Annotated[list[RoleName], Field(min_length=1, max_length=20)]
Place = Annotated[int, Field(ge=0, lt=MOST_OPTIONS)]
Duration = Annotated[int, Field(ge=5, le=86_400)]


class AskQuestion(Body):
    """One question. Of a quiz, `correct` holds the right options by index, `correct_texts` the right texts."""

    text: QuestionText
    type: QuestionType = QuestionType.SINGLE_CHOICE
    options: list[Option] = Field(default_factory=list, max_length=MOST_OPTIONS)
    correct: list[Place] = Field(default_factory=list, max_length=MOST_OPTIONS)
    correct_texts: list[RightText] = Field(default_factory=list, max_length=MOST_OPTIONS)
    points: int = Field(default=1, ge=0, le=1_000)
    required: bool = False

    def question(self) -> Question:
        """As the action takes it."""
        return Question(
            text=self.text,
            type=self.type,
            options=tuple(self.options),
            correct=tuple(self.correct),
            correct_texts=tuple(self.correct_texts),
            points=self.points,
            is_required=self.required,
        )


Questions = Annotated[list[AskQuestion], Field(min_length=1, max_length=MOST_QUESTIONS)]


class CreatePoll(Body):
    """POST …/polls. `vote_roles` null: whoever has `poll.vote`; `duration_s` null: until somebody stops it."""

    kind: PollKind = PollKind.POLL
    title: Title
    questions: Questions
    anonymous: bool = False
    results_shown: ResultsShown = ResultsShown.AFTER_STOP
    vote_roles: VoteRoles | None = None
    duration_s: Duration | None = None
    metadata: Metadata = Field(default_factory=dict)

    def plan(self) -> PollPlan:
        """As the action takes it."""
        return PollPlan(
            kind=self.kind,
            title=self.title,
            questions=tuple(one.question() for one in self.questions),
            is_anonymous=self.anonymous,
            results_shown=self.results_shown,
            vote_roles=_once_each(self.vote_roles),
            duration_s=self.duration_s,
            metadata=self.metadata,
        )


class UpdatePoll(Body):
    """PATCH …/polls/{poll}; what is absent stays. Null means something for `vote_roles` and `duration_s` alone."""

    kind: PollKind | None = None
    title: Title | None = None
    questions: Questions | None = None
    anonymous: bool | None = None
    results_shown: ResultsShown | None = None
    vote_roles: VoteRoles | None = None
    duration_s: Duration | None = None
    metadata: Metadata | None = None

    def change(self, plan: PollPlan) -> PollPlan:
        """The plan with the change made."""
        given = self.model_fields_set
        return PollPlan(
            kind=self.kind or plan.kind,
            title=self.title or plan.title,
            questions=tuple(one.question() for one in self.questions) if self.questions else plan.questions,
            is_anonymous=plan.is_anonymous if self.anonymous is None else self.anonymous,
            results_shown=self.results_shown or plan.results_shown,
            vote_roles=_once_each(self.vote_roles) if "vote_roles" in given else plan.vote_roles,
            duration_s=self.duration_s if "duration_s" in given else plan.duration_s,
            metadata=plan.metadata if self.metadata is None else self.metadata,
        )


def _once_each(names: list[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(dict.fromkeys(names))


class GiveAnswer(Body):
    """The answer to one question, by its index: `options` by index, or a `text`."""

    question: int = Field(ge=0, lt=MOST_QUESTIONS)
    options: list[Place] = Field(default_factory=list, max_length=MOST_OPTIONS)
    text: AnswerText | None = None

    def answer(self) -> Answer:
        """As the action takes it."""
        return Answer(question=self.question, options=tuple(self.options), text=self.text)


class CastVote(Body):
    """POST …/polls/{poll}/vote: some or all of the questions, each once."""

    answers: list[GiveAnswer] = Field(min_length=1, max_length=MOST_QUESTIONS)

    def given(self) -> list[Answer]:
        """As the action takes it."""
        return [one.answer() for one in self.answers]
