"""What every action needs, built once by app.py and handed in."""

import math
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from onstage.actions.pace import Paces
from onstage.actions.rate_limits import RateLimits, unlimited
from onstage.actions.reaction_tally import ReactionTally
from onstage.bus import Bus
from onstage.clock import Clock
from onstage.composer.media_library import MediaLibrary
from onstage.media.engine import Engine
from onstage.model.ids import Prefix, new_id
from onstage.model.media import VideoEncoderName
from onstage.model.records import Attempt, Broadcast, Endpoint, Participant, WebhookEvent
from onstage.outbound import Outbound
from onstage.sealing import Keyring
from onstage.store.database import Database


class AfterChange(Protocol):
    """Who brings the world outside the store in line with a change, once it is committed (design §10.3).

    `jobs/` stands behind it. Calls are idempotent, never raise, and return soon.
    """

    async def participant_changed(self, participant: Participant) -> None:
        """Steer the engine to what the participant may do now; waits up to 200 ms for it."""
        ...

    async def participant_gone(self, participant: Participant) -> None:
        """Take somebody off the engine who was on it until now; waits for nothing."""
        ...

    async def room_ended(self, room_id: str) -> None:
        """Close the engine's room and every gateway connection of it."""
        ...

    async def counts_changed(self, room_id: str) -> None:
        """Tell the new counts, soon."""
        ...

    async def broadcast_changed(self, broadcast: Broadcast) -> None:
        """Start, change or stop the composer."""
        ...

    async def media_unwanted(self, broadcast_id: str) -> None:
        """No recording needs the media of that broadcast any more."""
        ...

    async def assets_unwanted(self, recording_id: str) -> None:
        """The recording is gone, and the files made of it should go."""
        ...

    async def playback_changed(self, room_or_project_id: str) -> None:
        """Look again at who may play the shows of the room, or of the project's rooms."""
        ...

    async def deliveries_due(self, endpoint_ids: Collection[str]) -> None:
        """Something waits to be sent to these webhook endpoints."""
        ...


class Unattended:
    """Nobody brings anything in line: for tests of the actions alone."""

    async def participant_changed(self, participant: Participant) -> None:
        """Nothing."""

    async def participant_gone(self, participant: Participant) -> None:
        """Nothing."""

    async def room_ended(self, room_id: str) -> None:
        """Nothing."""

    async def counts_changed(self, room_id: str) -> None:
        """Nothing."""

    async def broadcast_changed(self, broadcast: Broadcast) -> None:
        """Nothing."""

    async def media_unwanted(self, broadcast_id: str) -> None:
        """Nothing."""

    async def assets_unwanted(self, recording_id: str) -> None:
        """Nothing."""

    async def playback_changed(self, room_or_project_id: str) -> None:
        """Nothing."""

    async def deliveries_due(self, endpoint_ids: Collection[str]) -> None:
        """Nothing."""


class Courier(Protocol):
    """Who posts to webhook endpoints; `webhooks/` stands behind it."""

    async def post(self, endpoint: Endpoint, event: WebhookEvent) -> Attempt:
        """Send the event, signed. Never raises: what went wrong is in the attempt."""
        ...


HasEncoder = Callable[[VideoEncoderName], Awaitable[bool]]


async def only_x264(name: VideoEncoderName) -> bool:
    """That of a machine without special hardware."""
    return name is VideoEncoderName.X264


@dataclass(slots=True)
class Context:
    """The parts an action works with. Tests hand in a clock of their own."""

    clock: Clock
    database: Database
    bus: Bus
    engine: Engine
    keyring: Keyring
    after_change: AfterChange = field(default_factory=Unattended)
    admin_secret: str | None = None
    key_uses: dict[str, datetime] = field(default_factory=dict)
    """When each project key was used since that was last written."""
    rate_limits: RateLimits = field(default_factory=unlimited)
    paces: Paces = field(default_factory=Paces)
    reactions: ReactionTally = field(default_factory=ReactionTally)
    max_broadcasts: int | None = None
    """How many shows this server composes at once, at most."""
    broadcast_cores: float = math.inf
    """How much of the machine they may take together, as estimated."""
    outbound: Outbound = field(default_factory=Outbound)
    courier: Courier | None = None
    media: MediaLibrary | None = None
    """The files that may be played into shows, on this server."""
    server_id: str = field(default_factory=lambda: new_id(Prefix.SERVER))
    """Which of the servers that share the store this is."""
    has_encoder: HasEncoder = only_x264
    """Which encoders this server's composers can open."""
    presence_grace_s: float = 15.0
    """How long somebody stays present whom neither gateway nor engine ties to the room (design §10.5)."""
