"""Polls and quizzes: questions, votes, what they amount to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from onstage.model.ids import ParticipantId, PollId, RoomId, SessionId
from onstage.model.view import View


class PollKind(StrEnum):
    """A quiz has right answers, points and a leaderboard."""

    POLL = "poll"
    QUIZ = "quiz"


class QuestionType(StrEnum):
    """How a question is answered."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TEXT = "text"


class ResultsShown(StrEnum):
    """When everybody sees the results; who may stop the poll sees them always."""

    LIVE = "live"
    AFTER_STOP = "after_stop"
    NEVER = "never"


class PollStatus(StrEnum):
    """created → started → stopped, once each."""

    CREATED = "created"
    STARTED = "started"
    STOPPED = "stopped"


class Question(View):
    """One question. `correct` holds the indices of the right options, of a quiz; it is never shown before the stop."""

    text: str
    type: QuestionType = QuestionType.SINGLE_CHOICE
    options: tuple[str, ...] = ()
    correct: tuple[int, ...] = ()
    points: int = 1
    is_required: bool = False


class QuestionResult(View):
    """How one question was answered: votes for each option, and how many answered."""

    votes: tuple[int, ...] = ()
    answers: int = 0


class PollResult(View):
    """What the votes amount to."""

    voters: int = 0
    questions: tuple[QuestionResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll or quiz of a room; it runs in one session."""

    id: PollId
    room_id: RoomId
    session_id: SessionId | None  # the one it was started in
    kind: PollKind
    title: str
    questions: tuple[Question, ...]
    is_anonymous: bool
    results_shown: ResultsShown
    vote_roles: tuple[str, ...] | None  # None: whoever has `poll.vote`
    status: PollStatus
    result: PollResult  # as last told
    created_by: ParticipantId | None
    created_at: datetime
    started_at: datetime | None = None
    stopped_at: datetime | None = None


class Answer(View):
    """One participant's answer to one question, by the question's index."""

    question: int = Field(ge=0, le=99)
    options: tuple[int, ...] = ()
    text: str | None = Field(default=None, max_length=500)


@dataclass(frozen=True, slots=True)
class Vote:
    """One participant's answer as kept; one for each question, never changed."""

    poll_id: PollId
    participant_id: ParticipantId
    participant_name: str
    answer: Answer
    points: int
    voted_at: datetime
