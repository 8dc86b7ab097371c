"""The tables, in SQLAlchemy Core. Migrations create them; a test holds the two equal."""

from onstage.store.tables.assets import assets
from onstage.store.tables.base import UtcDateTime, metadata
from onstage.store.tables.broadcasts import broadcasts
from onstage.store.tables.chat import messages, state
from onstage.store.tables.events import events, webhook_deliveries, webhook_endpoints
from onstage.store.tables.images import images
from onstage.store.tables.media import media_files, playbacks
from onstage.store.tables.people import connections, invites, participants, stretches
from onstage.store.tables.playback import playback_counts, playback_revocations, playback_tokens
from onstage.store.tables.polls import ballots, polls, votes
from onstage.store.tables.projects import project_keys, projects, template_versions, templates, token_revocations
from onstage.store.tables.recordings import recordings
from onstage.store.tables.rooms import bans, room_codes, rooms, sessions
from onstage.store.tables.servers import idempotency_keys, leases, servers
from onstage.store.tables.timed import captions, timed_metadata

__all__ = [
    "UtcDateTime",
    "assets",
    "ballots",
    "bans",
    "broadcasts",
    "captions",
    "connections",
    "events",
    "idempotency_keys",
    "images",
    "invites",
    "leases",
    "media_files",
    "messages",
    "metadata",
    "participants",
    "playback_counts",
    "playback_revocations",
    "playback_tokens",
    "playbacks",
    "polls",
    "project_keys",
    "projects",
    "recordings",
    "room_codes",
    "rooms",
    "servers",
    "sessions",
    "state",
    "stretches",
    "template_versions",
    "templates",
    "timed_metadata",
    "token_revocations",
    "votes",
    "webhook_deliveries",
    "webhook_endpoints",
]
