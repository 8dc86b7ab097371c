"""The control plane: keys, templates, bans, state, polls, webhooks, servers; and what the first nouns gained."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "servers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_servers")),
    )
    op.create_table(
        "project_keys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=True),
        sa.Column("roles", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("permissions", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_project_keys_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_keys")),
    )
    op.create_index(op.f("ix_project_keys_project_id"), "project_keys", ["project_id"])

    op.create_table(
        "templates",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_templates_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_templates_project_id_name")),
    )
    op.create_table(
        "template_versions",
        sa.Column("template_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["templates.id"], name=op.f("fk_template_versions_template_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("template_id", "version", name=op.f("pk_template_versions")),
    )
    op.create_table(
        "token_revocations",
        sa.Column("number", _COUNT, autoincrement=True, nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=True),
        sa.Column("jti", sa.String(length=64), nullable=True),
        sa.Column("identity", sa.String(length=200), nullable=True),
        sa.Column("issued_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_token_revocations_project_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_token_revocations_room_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_token_revocations")),
    )
    op.create_index(op.f("ix_token_revocations_forget_at"), "token_revocations", ["forget_at"])
    op.create_index("ix_token_revocations_identity", "token_revocations", ["project_id", "identity"])
    op.create_index("ix_token_revocations_jti", "token_revocations", ["project_id", "jti"])

    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("events", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("sealed_old_secret", sa.Text(), nullable=True),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_reason", sa.String(length=500), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_holder", sa.String(length=40), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_webhook_endpoints_project_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_webhook_endpoints_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_index("ix_webhook_endpoints_project", "webhook_endpoints", ["project_id", "room_id"])
    op.create_index(op.f("ix_webhook_endpoints_room_id"), "webhook_endpoints", ["room_id"])

    op.create_table(
        "webhook_deliveries",
        sa.Column("position", _COUNT, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_replay", sa.Boolean(), nullable=False),
        sa.Column("log", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_webhook_deliveries_event_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_webhook_deliveries_id")),
    )
    op.create_index("ix_webhook_deliveries_endpoint", "webhook_deliveries", ["endpoint_id", "position"])
    op.create_index(
        "ix_webhook_deliveries_pending",
        "webhook_deliveries",
        ["endpoint_id", "position"],
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("ix_webhook_deliveries_finished", "webhook_deliveries", ["finished_at"])

    op.create_table(
        "bans",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("identity", sa.String(length=200), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("banned_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["banned_by"], ["participants.id"], name=op.f("fk_bans_banned_by")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_bans_project_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_bans_room_id")),
        sa.PrimaryKeyConstraint("room_id", "identity", name=op.f("pk_bans")),
    )
    op.create_index(op.f("ix_bans_expires_at"), "bans", ["expires_at"])

    op.create_table(
        "connections",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("participant_id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("server_id", sa.String(length=40), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name=op.f("fk_connections_participant_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_connections_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
    )
    op.create_index(op.f("ix_connections_participant_id"), "connections", ["participant_id"])
    op.create_index(op.f("ix_connections_server_id"), "connections", ["server_id"])

    op.create_table(
        "polls",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("results_shown", sa.String(length=20), nullable=False),
        sa.Column("vote_roles", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("result_is_old", sa.Boolean(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stops_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["participants.id"], name=op.f("fk_polls_created_by")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_polls_room_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_polls_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
    )
    op.create_index(op.f("ix_polls_result_is_old"), "polls", ["result_is_old"])
    op.create_index("ix_polls_room", "polls", ["room_id", "created_at"])
    op.create_index(op.f("ix_polls_session_id"), "polls", ["session_id"])
    op.create_index("ix_polls_due", "polls", ["status", "stops_at"])

    op.create_table(
        "ballots",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("poll_id", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_ballots_poll_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballots")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ballots_poll", "ballots", ["poll_id", "question", "id"])
    op.create_table(
        "state",
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("version", _COUNT, nullable=False),
        sa.Column("updated_by", sa.String(length=40), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_state_session_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["participants.id"], name=op.f("fk_state_updated_by")),
        sa.PrimaryKeyConstraint("session_id", "key", name=op.f("pk_state")),
    )
    op.create_table(
        "stretches",
        sa.Column("number", _COUNT, autoincrement=True, nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("participant_id", sa.String(length=40), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name=op.f("fk_stretches_participant_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_stretches_session_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_stretches")),
    )
    op.create_index("ix_stretches_level", "stretches", ["session_id", "level", "ended_at"])
    op.create_index(op.f("ix_stretches_participant_id"), "stretches", ["participant_id"])

    op.create_table(
        "votes",
        sa.Column("poll_id", sa.String(length=40), nullable=False),
        sa.Column("participant_id", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("participant_name", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name=op.f("fk_votes_participant_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_votes_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "participant_id", "question", name=op.f("pk_votes")),
    )
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.add_column(sa.Column("server_id", sa.String(length=40), nullable=True))
        batch_op.create_index(batch_op.f("ix_broadcasts_server_id"), ["server_id"])

    with op.batch_alter_table("events") as batch_op:
        batch_op.alter_column("room_id", existing_type=sa.VARCHAR(length=40), nullable=True)
        batch_op.alter_column("seq", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index("ix_events_project", ["project_id", "at"])

    with op.batch_alter_table("idempotency_keys") as batch_op:
        batch_op.add_column(sa.Column("owner", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("messages") as batch_op:
        batch_op.add_column(sa.Column("type", sa.String(length=40), server_default="chat", nullable=False))
        batch_op.add_column(sa.Column("to_roles", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("to_participant", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("metadata", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("seq", _COUNT, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("sender_id", existing_type=sa.VARCHAR(length=40), nullable=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_messages_to_participant"), "participants", ["to_participant"], ["id"]
        )
        batch_op.drop_index("ix_messages_history")
        batch_op.create_index("ix_messages_history", ["session_id", "seq"])
        batch_op.create_index("ix_messages_sender", ["sender_id", "sent_at"])

    with op.batch_alter_table("participants") as batch_op:
        batch_op.add_column(sa.Column("attributes", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("extra_permissions", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("priority", sa.Integer(), server_default="5", nullable=False))
        batch_op.add_column(sa.Column("is_chat_muted", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("role_seq", _COUNT, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("joined_seq", _COUNT, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("subscribe_to", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("removes_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("token_id", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("key_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("let_in_by", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_participants_leaves_at"), ["leaves_at"])
        batch_op.create_index(batch_op.f("ix_participants_removes_at"), ["removes_at"])
        batch_op.create_index("ix_participants_role", ["session_id", "presence", "role"])
        batch_op.create_index(
            "ix_participants_hands",
            ["session_id", "presence", "hand_raised_at", "id"],
            sqlite_where=sa.text("hand_raised_at IS NOT NULL"),
            postgresql_where=sa.text("hand_raised_at IS NOT NULL"),
        )

    _keep_secrets()
    with op.batch_alter_table("projects") as batch_op:
        batch_op.add_column(sa.Column("allowed_origins", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_column("secret_hash")

    with op.batch_alter_table("room_codes") as batch_op:
        batch_op.add_column(sa.Column("key_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("max_uses", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("uses", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("rooms") as batch_op:
        batch_op.add_column(sa.Column("settings", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_rooms_newest", ["project_id", "created_at", "id"])

    with op.batch_alter_table("sessions") as batch_op:
        batch_op.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("idle_ends_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("peaks", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("peak_total", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_sessions_ends_at"), ["ends_at"])
        batch_op.create_index(batch_op.f("ix_sessions_idle_ends_at"), ["idle_ends_at"])
        batch_op.add_column(sa.Column("project_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("room_name", sa.String(length=200), nullable=True))
    _write_history()
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.alter_column("project_id", existing_type=sa.VARCHAR(length=40), nullable=False)
        batch_op.alter_column("room_name", existing_type=sa.VARCHAR(length=200), nullable=False)
        batch_op.create_foreign_key(batch_op.f("fk_sessions_project_id"), "projects", ["project_id"], ["id"])
        batch_op.create_index("ix_sessions_project", ["project_id", "started_at"])
        batch_op.create_index("ix_sessions_room", ["room_id", "started_at"])
    _name_recipients()
    _number_messages()
    _forget_when_they_came()
    _widen_counts()


def _widen_counts() -> None:
    """SQLite's numbers are of any size; the first revision was for SQLite alone."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("rooms", "events"):
            op.alter_column(table, "seq", type_=sa.BigInteger())


def _keep_secrets() -> None:
    """A project's one secret becomes its first key: good for HTTP Basic; it cannot sign, as only its hash is known."""
    op.execute(
        sa.text(
            "INSERT INTO project_keys (id, project_id, name, secret_hash, created_at)"
            " SELECT 'key' || substr(id, 4), id, 'first', secret_hash, created_at FROM projects"
        )
    )


def _write_history() -> None:
    """What is known of earlier sessions: whose they were, and who was there in their last stay at their last level."""
    op.execute(
        sa.text(
            "UPDATE sessions SET project_id = (SELECT project_id FROM rooms WHERE rooms.id = sessions.room_id),"
            " room_name = (SELECT name FROM rooms WHERE rooms.id = sessions.room_id)"
        )
    )
    op.execute(
        sa.text(
            "INSERT INTO stretches (session_id, participant_id, level, started_at, ended_at)"
            " SELECT session_id, id, level, joined_at, left_at FROM participants"
        )
    )


def _name_recipients() -> None:
    """A list of participants becomes `{"participants": […]}`."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, recipients FROM events WHERE recipients IS NOT NULL")).all()
    for event_id, recipients in rows:
        ids = json.loads(recipients) if isinstance(recipients, str) else recipients
        if ids is not None:
            named = json.dumps({"participants": ids, "roles": []})
            changed = sa.text("UPDATE events SET recipients = :named WHERE id = :id")
            connection.execute(changed, {"named": named, "id": event_id})


def _number_messages() -> None:
    """A message gets the `seq` of its event, which is the order of messages from now on."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT seq, data FROM events WHERE name = 'message.sent'")).all()
    for seq, data in rows:
        message = (json.loads(data) if isinstance(data, str) else data)["message"]
        numbered = sa.text("UPDATE messages SET seq = :seq WHERE id = :id")
        connection.execute(numbered, {"seq": seq, "id": message["id"]})


def _forget_when_they_came() -> None:
    """When somebody came was not kept by `seq`: who resumes what they had before gets a snapshot, once."""
    op.execute(
        sa.text("UPDATE participants SET joined_seq = (SELECT seq FROM rooms WHERE rooms.id = participants.room_id)")
    )
