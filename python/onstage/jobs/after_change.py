"""What follows a committed change: the one place where actions' wishes meet those who carry them out."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from onstage.jobs.asset_making import AssetMaking
from onstage.jobs.broadcasting import Broadcasting
from onstage.jobs.counting import Counting
from onstage.jobs.gatekeeper import Gatekeeper
from onstage.jobs.steering import Steering
from onstage.jobs.tidying import Tidying
from onstage.model.records import Broadcast, Participant


@dataclass(frozen=True, slots=True)
class Jobs:
    """`actions.context.AfterChange`, by delegation."""

    steering: Steering
    counting: Counting
    broadcasting: Broadcasting
    tidying: Tidying
    wake_webhooks: Callable[[Collection[str]], None] | None = None
    gatekeeper: Gatekeeper | None = None
    asset_making: AssetMaking | None = None

    async def participant_changed(self, participant: Participant) -> None:
        """Steer the engine."""
        await self.steering.steer(participant)

    async def participant_gone(self, participant: Participant) -> None:
        """Cut them off."""
        self.steering.cut(participant)

    async def room_ended(self, room_id: str) -> None:
        """Close the engine's room; the gateway's connections end with `session.ended`."""
        self.steering.end_room(room_id)
        self.counting.room_ended(room_id)

    async def counts_changed(self, room_id: str) -> None:
        """Count again."""
        await self.counting.tell(room_id)

    async def broadcast_changed(self, broadcast: Broadcast) -> None:
        """Start, change or stop the composer."""
        await self.broadcasting.changed(broadcast)

    async def media_unwanted(self, broadcast_id: str) -> None:
        """Delete them, here or where they are."""
        await self.tidying.unwanted(broadcast_id)

    async def assets_unwanted(self, recording_id: str) -> None:
        """Delete them."""
        if self.asset_making is not None:
            await self.asset_making.unwanted(recording_id)

    async def playback_changed(self, room_or_project_id: str) -> None:
        """Open or shut the doors to its shows, here and on other servers."""
        if self.gatekeeper is not None:
            await self.gatekeeper.changed(room_or_project_id)

    async def deliveries_due(self, endpoint_ids: Collection[str]) -> None:
        """Send."""
        if self.wake_webhooks is not None:
            self.wake_webhooks(endpoint_ids)
