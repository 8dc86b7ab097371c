"""Scenes of chat: to all, to roles, to one; pinned and taken back. The others are in scenes.py."""

from onstage.actions.custom import send_custom
from onstage.actions.messages import MessageOptions, delete_message, pin_message, send_message, unpin_message
from onstage.actions.promotion import demote
from onstage.actions.snapshot import MESSAGES_KEPT
from onstage.model.records import Message, Participant
from tests.support.house import House
from tools.generators.scene import Watch


async def _say(house: House, by: Participant | None, text: str, **options: object) -> Message:
    caller = house.server if by is None else house.caller(by)
    said = await send_message(house.ctx, caller, "show", text, MessageOptions(**options))  # type: ignore[arg-type]  # as given
    await house.clock.advance(0.3)
    return said


async def more_chat_than_a_snapshot_holds(house: House, watch: Watch) -> None:
    """The oldest messages fall off; other people's markup stays text."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await _say(house, vic, "first")
    await watch(vic)
    for number in range(MESSAGES_KEPT + 1):
        await _say(house, anna, f"<b>{number}</b> & \u202eback")


async def what_is_said_to_roles_and_to_one_seen_by_a_viewer(house: House, watch: Watch) -> None:
    """What is for others is not heard; what oneself says to others is."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    wim = await house.join("wim", "viewer")
    await watch(vic)
    await _say(house, anna, "to the stage", to_roles=("host", "guest"))
    await _say(house, anna, "to the seats", to_roles=("audience", "viewer"))
    await _say(house, vic, "to the hosts", to_roles=("host",))
    await _say(house, wim, "to vic", to_participant="vic")
    await _say(house, wim, "to anna", to_participant=anna.id)
    await _say(house, vic, "to wim", to_participant="wim", type="whisper", metadata={"nested": [1]})
    await _say(house, None, "to all", sender_name="The crew")


async def a_roles_messages_come_and_go_with_the_role(house: House, watch: Watch) -> None:
    """From the seats to the stage and back: what was said to the role before is gone, what oneself said stays."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await _say(house, anna, "viewers, one", to_roles=("viewer",))
    await watch(vic)
    await _say(house, vic, "fellow viewers", to_roles=("viewer",))
    await _say(house, anna, "guests, one", to_roles=("guest",))
    for number in range(MESSAGES_KEPT):
        await _say(house, anna, f"viewers, {number}", to_roles=("viewer",))
    await house.promoted(vic)
    await _say(house, anna, "guests, two", to_roles=("guest",))
    await demote(house.ctx, house.server, "show", "vic", None)
    await _say(house, anna, "guests, three", to_roles=("guest",))
    await _say(house, anna, "viewers, last", to_roles=("viewer",))


async def messages_are_pinned_unpinned_and_deleted(house: House, watch: Watch) -> None:
    """A pin outlives the list of messages; a deleted message keeps its place and nothing else."""
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    old = await _say(house, vic, "old and pinned")
    older = await _say(house, vic, "old, and deleted unseen")
    for number in range(MESSAGES_KEPT - 1):
        await _say(house, anna, str(number))
    await watch(vic)
    newest = await _say(house, vic, "newest", metadata={"mood": "bad"})
    whisper = await _say(house, anna, "psst", to_participant="vic")
    for message in (newest, old):
        await pin_message(house.ctx, house.caller(anna), "show", message.id)
    await delete_message(house.ctx, house.caller(anna), "show", newest.id)
    await delete_message(house.ctx, house.server, "show", older.id)
    await delete_message(house.ctx, house.caller(anna), "show", whisper.id)
    second = await _say(house, anna, "pinned for a moment")
    await pin_message(house.ctx, house.server, "show", second.id)
    await unpin_message(house.ctx, house.server, "show", second.id)


async def custom_events_change_nothing_that_is_shown(house: House, watch: Watch) -> None:
    """They are the app's own."""
    gus, vic = await house.join("gus", "guest"), await house.join("vic", "viewer")
    await watch(vic)
    await send_custom(house.ctx, house.caller(gus), "show", "confetti", {"nested": [None, {"deep": True}]})


CHAT_SCENES = (
    more_chat_than_a_snapshot_holds,
    what_is_said_to_roles_and_to_one_seen_by_a_viewer,
    a_roles_messages_come_and_go_with_the_role,
    messages_are_pinned_unpinned_and_deleted,
    custom_events_change_nothing_that_is_shown,
)
