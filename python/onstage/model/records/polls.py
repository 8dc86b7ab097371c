"""Polls and quizzes: questions, votes, what they amount to."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field

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
    """One question.

    Of a quiz, `correct` holds the indices of the right options, all of which have to be chosen, and `correct_texts`
    the texts that are right, in any case and spacing. Neither is told before the stop.
    """

    text: str
    type: QuestionType = QuestionType.SINGLE_CHOICE
    options: tuple[str, ...] = ()
    correct: tuple[int, ...] = ()
    correct_texts: tuple[str, ...] = ()
    points: int = 1
    is_required: bool = False


class _Whole(View):
    """Base of what has defaults and is always told whole."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class QuestionResult(_Whole):
    """How one question was answered: votes for each option, and how many answered."""

    votes: tuple[int, ...] = ()
    answers: int = 0


class PollResult(_Whole):
    """What the votes amount to."""

    voters: int = 0
    questions: tuple[QuestionResult, ...] = ()


@dataclass(frozen=True, slots=True)
class PollPlan:
    """What whoever made a poll wants of it; fixed once it has started."""

    kind: PollKind
    title: str
    questions: tuple[Question, ...]
    is_anonymous: bool = False
    results_shown: ResultsShown = ResultsShown.AFTER_STOP
    vote_roles: tuple[str, ...] | None = None  # None: whoever has `poll.vote`
    duration_s: int | None = None  # from the start to the stop; None: until somebody stops it
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll or quiz of a room; it runs in one session."""

    id: PollId
    room_id: RoomId
    session_id: SessionId | None  # the one it was started in
    plan: PollPlan
    status: PollStatus
    tally: PollResult  # as it is
    result: PollResult  # as last told
    created_by: ParticipantId | None
    created_at: datetime
    started_at: datetime | None = None
    stops_at: datetime | None = None
    stopped_at: datetime | None = None
    result_is_old: bool = False  # it is shown live, and votes came since it was told
    counted_at: datetime | None = None  # when `poll.counted` was last told


class Answer(_Whole):
    """One participant's answer to one question, by the question's index."""

    question: int = Field(ge=0, le=99)
    options: tuple[int, ...] = ()
    text: str | None = Field(default=None, max_length=500)


@dataclass(frozen=True, slots=True)
class Vote:
    """That a participant has answered a question; one for each, never changed."""

    poll_id: PollId
    participant_id: ParticipantId
    participant_name: str
    question: int
    answer: Answer | None  # None: the poll is anonymous; what was chosen is in a ballot, which says not by whom
    points: int
    voted_at: datetime


@dataclass(frozen=True, slots=True)
class Leader:
    """One place of a leaderboard."""

    rank: int
    participant_id: ParticipantId
    participant_name: str
    points: int
    voted_at: datetime  # the last of their answers


@dataclass(frozen=True, slots=True)
class CastAnswer:
    """One answer that was given, and by whom unless the poll is anonymous."""

    id: str  # for paging
    answer: Answer
    vote: Vote | None
