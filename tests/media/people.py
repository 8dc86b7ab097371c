"""Grants for the tests of this folder."""

from onstage.media.engine import EngineGrant
from onstage.model.role import ALL_SOURCES, Level


def somebody(identity: str, room: str = "rm_1") -> EngineGrant:
    """Somebody on stage."""
    return EngineGrant(room, identity, identity.title(), Level.STAGE, "host", ALL_SOURCES)
