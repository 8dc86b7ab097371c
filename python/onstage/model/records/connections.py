"""What ties people to a room, and the servers that hold it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from onstage.model.records.people import Participant


class ConnectionKind(StrEnum):
    """A connection of the gateway is one server's, the engine's is nobody's: it outlives servers."""

    GATEWAY = "gateway"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Connection:
    """One tie between a participant and their room."""

    id: str
    participant_id: str
    room_id: str
    kind: ConnectionKind
    server_id: str | None
    connected_at: datetime

    @classmethod
    def of_engine(cls, participant: Participant, at: datetime) -> "Connection":
        """The participant's media connection; the engine has one for each identity."""
        name = f"{ConnectionKind.ENGINE}.{participant.id}"
        return cls(name, participant.id, participant.room_id, ConnectionKind.ENGINE, None, at)


@dataclass(frozen=True, slots=True)
class Server:
    """One server process. It is alive as long as `seen_at` moves."""

    id: str
    url: str | None  # where other servers reach it
    started_at: datetime
    seen_at: datetime
