"""Polls in JSON."""

from typing import Any

from onstage.model.polls import EVERYBODYS, Sight, is_result_shown
from onstage.model.records import (
    Answer,
    CastAnswer,
    Leader,
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
    """One question. `correct` and `correct_texts` are null until a quiz has stopped."""

    text: str
    type: QuestionType
    options: list[str]
    correct: list[int] | None
    correct_texts: list[str] | None
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
            correct_texts=list(question.correct_texts) if is_told else None,
            points=question.points,
            required=question.is_required,
        )


class PollView(View):
    """A poll or quiz. `result` is null while it is not shown; `stops_at` is when it stops by itself."""

    id: str
    kind: PollKind
    title: str
    questions: list[QuestionView]
    anonymous: bool
    results_shown: ResultsShown
    vote_roles: list[str] | None
    duration_s: int | None
    metadata: dict[str, Any]
    status: PollStatus
    result: PollResult | None
    created_by: str | None
    created_at: Timestamp
    started_at: Timestamp | None
    stops_at: Timestamp | None
    stopped_at: Timestamp | None

    @classmethod
    def of(cls, poll: Poll, sight: Sight = EVERYBODYS) -> "PollView":
        """The poll as everybody sees it now, or as somebody of better `sight` does."""
        plan = poll.plan
        told = plan.kind is PollKind.QUIZ and (sight.correct or poll.status is PollStatus.STOPPED)
        return cls(
            id=poll.id,
            kind=plan.kind,
            title=plan.title,
            questions=[QuestionView.of(one, is_told=told) for one in plan.questions],
            anonymous=plan.is_anonymous,
            results_shown=plan.results_shown,
            vote_roles=None if plan.vote_roles is None else list(plan.vote_roles),
            duration_s=plan.duration_s,
            metadata=plan.metadata,
            status=poll.status,
            result=poll.tally if sight.result else poll.result if is_result_shown(poll) else None,
            created_by=poll.created_by,
            created_at=poll.created_at,
            started_at=poll.started_at,
            stops_at=poll.stops_at,
            stopped_at=poll.stopped_at,
        )


class VoteView(View):
    """The answers one participant has given to a poll; of an anonymous one only which questions they answered."""

    poll_id: str
    answers: list[Answer]


class ResultsView(View):
    """What the votes of a poll amount to."""

    poll_id: str
    status: PollStatus
    result: PollResult


class CastAnswerView(View):
    """One answer that was given. Of an anonymous poll nothing says by whom, or when."""

    answer: Answer
    participant_id: str | None
    participant_name: str | None
    points: int | None
    voted_at: Timestamp | None

    @classmethod
    def of(cls, cast: CastAnswer) -> "CastAnswerView":
        """The answer as who may stop the poll sees it."""
        vote = cast.vote
        if vote is None:
            return cls(answer=cast.answer, participant_id=None, participant_name=None, points=None, voted_at=None)
        return cls(
            answer=cast.answer,
            participant_id=vote.participant_id,
            participant_name=vote.participant_name,
            points=vote.points,
            voted_at=vote.voted_at,
        )


class LeaderView(View):
    """One place of a quiz's leaderboard; `took_ms` from the start of the quiz to the last answer."""

    rank: int
    participant_id: str
    name: str
    points: int
    took_ms: int

    @classmethod
    def of(cls, leader: Leader, poll: Poll) -> "LeaderView":
        """The place of somebody in that quiz."""
        assert poll.started_at is not None, "who has points has voted"
        return cls(
            rank=leader.rank,
            participant_id=leader.participant_id,
            name=leader.participant_name,
            points=leader.points,
            took_ms=round((leader.voted_at - poll.started_at).total_seconds() * 1000),
        )
