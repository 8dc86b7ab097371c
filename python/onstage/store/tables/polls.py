"""Polls and votes."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table

from onstage.store.tables.base import UtcDateTime, metadata

polls = Table(
    "polls",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("session_id", ForeignKey("sessions.id"), index=True),
    Column("kind", String(20), nullable=False),
    Column("title", String(300), nullable=False),
    Column("questions", JSON, nullable=False),
    Column("is_anonymous", Boolean, nullable=False),
    Column("results_shown", String(20), nullable=False),
    Column("vote_roles", JSON(none_as_null=True)),
    Column("duration_s", Integer),
    Column("metadata", JSON, nullable=False),
    Column("status", String(20), nullable=False),
    Column("tally", JSON, nullable=False),  # as it is, counted with each vote
    Column("result", JSON, nullable=False),  # as last told
    Column("result_is_old", Boolean, nullable=False, index=True),  # it is shown live, and votes came since it was told
    Column("counted_at", UtcDateTime),  # when `poll.counted` was last told
    Column("created_by", ForeignKey("participants.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("stops_at", UtcDateTime),
    Column("stopped_at", UtcDateTime),
    Index("ix_polls_room", "room_id", "created_at"),
    Index("ix_polls_due", "status", "stops_at"),
)

# Who has answered which question: what refuses a second vote. Of an anonymous poll without the answer.

votes = Table(
    "votes",
    metadata,
    Column("poll_id", ForeignKey("polls.id"), primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), primary_key=True),
    Column("question", Integer, primary_key=True),
    Column("participant_name", String(200), nullable=False),
    Column("answer", JSON(none_as_null=True)),
    Column("points", Integer, nullable=False),
    Column("voted_at", UtcDateTime, nullable=False),
)

# The answers to anonymous polls: by nobody, at no time, in no order; the random ids are what the rows are kept by.
ballots = Table(
    "ballots",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("poll_id", ForeignKey("polls.id"), nullable=False),
    Column("question", Integer, nullable=False),
    Column("answer", JSON, nullable=False),
    Index("ix_ballots_poll", "poll_id", "question", "id"),
    sqlite_with_rowid=False,
)
