"""A database of the first revision, with people in it, becomes one of today's and loses nothing."""

import asyncio
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config

import onstage.store.migrations
from onstage.model.assets import AssetStatus
from onstage.model.ids import OutputId
from onstage.model.outputs import Output, OutputStatus, OutputType
from onstage.model.records import Session
from onstage.model.role import Level
from onstage.model.room_settings import RoomSettings
from onstage.store import assets, broadcasts, messages, participants, rooms, sessions, stretches
from onstage.store.database import Database

ROWS = """
INSERT INTO projects (id, name, secret_hash, created_at) VALUES ('prj_1', 'one', 'hash', '2026-01-01 00:00:00.000000');
INSERT INTO rooms VALUES ('rm_1', 'prj_1', 'show', 'The show', 'interactive-live-stream', 0, '{}', 4,
    '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000');
INSERT INTO sessions VALUES ('ses_1', 'rm_1', '2026-01-01 00:00:00.000000', NULL, NULL);
INSERT INTO participants VALUES ('pa_1', 'prj_1', 'rm_1', 'ses_1', 'anna', 'Anna', 'host', 'stage', NULL, '[]', '[]',
    0, 0, '{}', '[]', 'joined', NULL, '2026-01-01 00:00:10.000000', NULL);
INSERT INTO participants VALUES ('pa_2', 'prj_1', 'rm_1', 'ses_1', 'vic', 'Vic', 'viewer', 'viewer', NULL, '[]', '[]',
    0, 0, '{}', '[]', 'left', NULL, '2026-01-01 00:00:20.000000', '2026-01-01 00:00:50.000000');
"""


_MESSAGE = """
INSERT INTO messages (id, room_id, session_id, sender_id, sender_name, text, sent_at)
    VALUES ('msg_1', 'rm_1', 'ses_1', 'pa_1', 'Anna', 'hello', '2026-01-01 00:00:30.000000');
"""


def upgrade(url: str, revision: str) -> None:
    """Bring a database to that revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(next(iter(onstage.store.migrations.__path__)))))
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, revision)


def first_revision(path: Path) -> str:
    """A database as the first release made it, with a session in it; its URL."""
    url = f"sqlite+aiosqlite:///{path}"
    upgrade(url, "0001")
    with sqlite3.connect(path) as connection:
        connection.executescript(ROWS + _MESSAGE)
    connection.close()
    return url


def test_the_history_of_before_is_readable_after_the_upgrade(tmp_path: Path) -> None:
    url = first_revision(tmp_path / "old.db")

    async def upgraded() -> tuple[RoomSettings, Session, dict[Level, int], int]:
        database = Database(url)
        await database.migrate()
        async with database.read() as tx:
            room, session = await rooms.get(tx, "rm_1"), await sessions.open_of(tx, "rm_1")
            assert room is not None
            assert session is not None
            minute = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
            ms = await stretches.ms_per_level(tx, "ses_1", until=minute)
            said = await messages.count_of(tx, "ses_1")
        await database.close()
        return room.settings, session, ms, said

    settings, session, ms, said = asyncio.run(upgraded())
    assert settings == RoomSettings()
    assert (session.project_id, session.room_name, session.peak_total) == ("prj_1", "show", 0)
    assert ms == {Level.STAGE: 50_000, Level.AUDIENCE: 0, Level.VIEWER: 30_000}
    assert said == 1


def test_messages_of_before_are_numbered_by_their_events(tmp_path: Path) -> None:
    url = first_revision(tmp_path / "old.db")
    with sqlite3.connect(tmp_path / "old.db") as connection:
        # Said before the first, on a server whose clock was ahead.
        connection.executescript(_MESSAGE.replace("msg_1", "msg_2").replace("00:00:30", "00:00:45"))
        for number, seq in ((1, 4), (2, 3)):
            data = json.dumps({"message": {"id": f"msg_{number}", "text": "hello"}})
            told = (f"ev_{number}", "prj_1", "rm_1", seq, "message.sent", None, "2026-01-01 00:00:30.000000", data)
            connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", told)
    connection.close()

    async def upgraded() -> list[tuple[str, int]]:
        database = Database(url)
        await database.migrate()
        async with database.read() as tx:
            found = await messages.page(tx, "ses_1", None, messages.Excerpt(limit=5))
        await database.close()
        return [(one.id, one.seq) for one in found]

    assert asyncio.run(upgraded()) == [("msg_2", 3), ("msg_1", 4)]


def test_who_is_there_may_be_told_what_comes_after_the_upgrade_and_nothing_of_before(tmp_path: Path) -> None:
    """The first revision did not keep which events were before them."""
    url = first_revision(tmp_path / "old.db")

    async def upgraded() -> list[int]:
        database = Database(url)
        await database.migrate()
        async with database.read() as tx:
            found = await participants.page_of_all(tx, "ses_1", after=None, limit=5)
            room = await rooms.get(tx, "rm_1")
        await database.close()
        assert room is not None
        return [one.joined_seq - room.seq for one in found]

    assert asyncio.run(upgraded()) == [0, 0]


_BROADCAST = """
INSERT INTO broadcasts (id, project_id, room_id, title, status, layout, quality, profile, started_at, live_at)
    VALUES ('bc_1', 'prj_1', 'rm_1', '', 'live', 'grid', 'high', 'default', '2026-01-01 00:00:00.000000',
        '2026-01-01 00:00:02.000000');
"""


def test_a_broadcast_of_before_was_made_as_hls(tmp_path: Path) -> None:
    url = first_revision(tmp_path / "old.db")
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.executescript(_BROADCAST)
    connection.close()

    async def upgraded() -> tuple[Output, ...]:
        database = Database(url)
        await database.migrate()
        async with database.read() as tx:
            found = await broadcasts.get(tx, "bc_1")
        await database.close()
        assert found is not None
        return found.outputs

    live_at = datetime(2026, 1, 1, 0, 0, 2, tzinfo=UTC)
    assert asyncio.run(upgraded()) == (Output(OutputId("out_1"), OutputType.HLS, OutputStatus.LIVE, since=live_at),)


_LOG = """
INSERT INTO assets (id, recording_id, kind, name, status, revision, size_bytes, created_at)
    VALUES ('as_1', 'rec_1', 'chat_vtt', 'chat/chat.vtt', 'ready', 1, 7, '2026-01-01 00:00:00.000000');
INSERT INTO assets (id, recording_id, kind, name, status, revision, size_bytes, created_at)
    VALUES ('as_2', 'rec_1', 'poster', 'poster/poster.jpg', 'ready', 1, 7, '2026-01-01 00:00:00.000000');
"""


def test_a_chat_log_of_before_is_made_again_where_its_url_opens_no_other(tmp_path: Path) -> None:
    url = first_revision(tmp_path / "old.db")
    upgrade(url, "0017")
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.executescript(_LOG)
    connection.close()

    async def upgraded() -> list[tuple[str, AssetStatus, int]]:
        database = Database(url)
        await database.migrate()
        async with database.read() as tx:
            found = await assets.of_recording(tx, "rec_1")
        await database.close()
        return [(one.name, one.status, one.revision) for one in found]

    assert asyncio.run(upgraded()) == [
        ("chat_vtt/chat.vtt", AssetStatus.PREPARING, 2),
        ("poster/poster.jpg", AssetStatus.READY, 1),
    ]
