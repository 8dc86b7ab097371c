"""Polls and quizzes."""

from onstage.events.base import PROJECT_ONLY, EventData
from onstage.model.records import PollResult
from onstage.model.views import PollView, VoteView


class PollEvent(EventData):
    """Base: a poll as it is now."""

    poll: PollView


class PollCreated(PollEvent):
    """A poll was prepared; it is not shown yet."""

    NAME = "poll.created"
    TOLD_TO = PROJECT_ONLY


class PollStarted(PollEvent):
    """Votes are taken."""

    NAME = "poll.started"


class PollCounted(EventData):
    """The result of a poll that shows it live; at most once a second."""

    NAME = "poll.counted"
    poll_id: str
    result: PollResult


class PollStopped(PollEvent):
    """No more votes are taken. A quiz tells the right answers now."""

    NAME = "poll.stopped"


class PollVoted(EventData):
    """Somebody voted: all they have answered so far. Of an anonymous poll neither who, nor what they chose."""

    NAME = "poll.voted"
    TOLD_TO = "who voted"
    participant_id: str | None
    vote: VoteView
