"""Polls in JSON."""

from onstage.model.records import (
    Answer,
    Poll,
    PollKind,
    PollResult,
    PollStatus,
    Question,
    QuestionType,
    ResultsShown,
)
from onstage.model.view import Timestamp, View


class QuestionView(View):
    """One question. `correct` is null until a quiz has stopped."""

    text: str
    type: QuestionType
    options: list[str]
    correct: list[int] | None
    points: int
    required: bool

    @classmethod
    def of(cls, question: Question, *, is_told: bool) -> "QuestionView":
        """The question, with the right answers if they may be told."""
        return cls(
            text=question.text,
            type=question.type,
            options=list(question.options),
            correct=list(question.correct) if is_told else None,
            points=question.points,
            required=question.is_required,
        )


class PollView(View):
    """A poll or quiz as everybody sees it. `result` is null while it is not shown."""

    id: str
    kind: PollKind
    title: str
    questions: list[QuestionView]
    anonymous: bool
    results_shown: ResultsShown
    vote_roles: list[str] | None
    status: PollStatus
    result: PollResult | None
    created_by: str | None
    created_at: Timestamp
    started_at: Timestamp | None
    stopped_at: Timestamp | None

    @classmethod
    def of(cls, poll: Poll, *, result: PollResult | None = None, is_told: bool | None = None) -> "PollView":
        """The poll as everybody may see it now; `result` and `is_told` for those who may see more."""
        stopped = poll.status is PollStatus.STOPPED
        shown = poll.results_shown is ResultsShown.LIVE or (stopped and poll.results_shown is ResultsShown.AFTER_STOP)
        told = (poll.kind is PollKind.QUIZ and stopped) if is_told is None else is_told
        return cls(
            id=poll.id,
            kind=poll.kind,
            title=poll.title,
            questions=[QuestionView.of(one, is_told=told) for one in poll.questions],
            anonymous=poll.is_anonymous,
            results_shown=poll.results_shown,
            vote_roles=None if poll.vote_roles is None else list(poll.vote_roles),
            status=poll.status,
            result=result or (poll.result if shown else None),
            created_by=poll.created_by,
            created_at=poll.created_at,
            started_at=poll.started_at,
            stopped_at=poll.stopped_at,
        )


class VoteView(View):
    """The answers one participant has given to a poll."""

    poll_id: str
    answers: list[Answer]
