"""What tests of chat do and look at."""

from dataclasses import replace

from onstage.actions.access import Caller
from onstage.actions.message_history import HistoryQuery, read_messages
from onstage.actions.messages import MessageOptions, send_message
from onstage.model.records import Message, Participant
from onstage.model.room_settings import ChatSettings
from onstage.store import participants
from onstage.store import rooms as room_store
from tests.support.house import House

THREE = (("anna", "host"), ("vic", "viewer"), ("wim", "viewer"))


async def say(house: House, caller: Caller | Participant, text: str, **options: object) -> Message:
    """Somebody says something; a second passes."""
    by = house.caller(caller) if isinstance(caller, Participant) else caller
    said = await send_message(house.ctx, by, "show", text, MessageOptions(**options))  # type: ignore[arg-type]  # as given
    await house.clock.advance(1)
    return said


async def shown(house: House, reader: Participant) -> list[str]:
    """The texts in the reader's snapshot."""
    return [one["text"] for one in (await house.snapshot(reader))["messages"]]


async def read(house: House, reader: Participant | None, **query: object) -> list[str]:
    """The texts of a page of the history; None reads as the server."""
    caller = house.server if reader is None else house.caller(reader)
    session = query.pop("session", None)
    asked = HistoryQuery(**query)  # type: ignore[arg-type]  # as given
    page = await read_messages(house.ctx, caller, "show", asked, session_id=session)  # type: ignore[arg-type]  # as given
    return [one.text for one in page.messages]


async def chat_is(house: House, **chat: object) -> None:
    """The room's chat is set so."""
    async with house.ctx.database.begin() as tx:
        room = await room_store.get(tx, house.room.id)
        assert room is not None
        settings = room.settings.model_copy(update={"chat": ChatSettings.model_validate(chat)})
        await room_store.save(tx, replace(room, settings=settings))


async def mute(house: House, participant: Participant) -> None:
    async with house.ctx.database.begin() as tx:
        await participants.save(tx, replace(await house.now(participant), is_chat_muted=True))
