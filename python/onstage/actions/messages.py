"""Chat: what is said, to whom, and how it is taken back or pinned."""

from dataclasses import dataclass, field, replace
from typing import Any

from onstage.actions.access import BY_SERVER, Caller, Entry, ParticipantCaller, access_room, access_session, require
from onstage.actions.chat_rules import check_may_chat
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.recipients import find_present, require_roles
from onstage.errors import ErrorCode, OnstageError
from onstage.events import EVERYONE, MessageDeleted, MessagePinned, MessageSent, MessageUnpinned, Recipients
from onstage.model.ids import MessageId, Prefix, new_id
from onstage.model.permission import Permission
from onstage.model.records import Message, Participant, Presence
from onstage.model.views import MessageView
from onstage.store import assets, events, messages, participants
from onstage.store.database import Tx

LONGEST_TEXT = 2_000
MOST_PINNED = 20
SERVER_NAME = "Server"


@dataclass(frozen=True, slots=True)
class MessageOptions:
    """What may be said about a message besides its text: to all unless it names roles or one participant."""

    type: str = "chat"
    metadata: dict[str, Any] = field(default_factory=dict)
    to_roles: tuple[str, ...] = ()
    to_participant: str | None = None  # id or identity
    sender_name: str | None = None  # a server's choice


_PLAIN = MessageOptions()


async def send_message(ctx: Context, caller: Caller, room: str, text: str, options: MessageOptions = _PLAIN) -> Message:
    """Say something to everybody in the room, to roles, or to one participant.

    Raises:
        OnstageError: as `access_session` with `message.send`; `permission_denied` for a participant who chooses the
            sender's name; `sending_too_fast`, and as `check_may_chat`; `unknown_role`, `participant_not_found`.
    """
    if isinstance(caller, ParticipantCaller):
        ctx.paces.messages.check(caller.key, ctx.clock.monotonic())
        if options.sender_name is not None:
            raise OnstageError(
                ErrorCode.PERMISSION_DENIED, "Only your server chooses the sender's name.", expected=BY_SERVER
            )
    async with ctx.database.begin() as tx:
        entry = await access_session(tx, caller, room, Permission.MESSAGE_SEND)
        if entry.actor is not None:
            await check_may_chat(ctx, tx, entry.room, entry.actor)
        await require_roles(tx, entry, options.to_roles)
        to = options.to_participant
        message = Message(
            id=MessageId(new_id(Prefix.MESSAGE)),
            room_id=entry.room.id,
            session_id=entry.session.id,
            sender_id=None if entry.actor is None else entry.actor.id,
            sender_name=options.sender_name or (SERVER_NAME if entry.actor is None else entry.actor.name),
            text=text,
            sent_at=ctx.clock.now(),
            type=options.type,
            to_roles=options.to_roles,
            to_participant=None if to is None else await find_present(tx, entry, to),
            metadata=options.metadata,
            seq=entry.room.seq + 1,  # the room is held, so the next number is known
        )
        seq = await emit(ctx, tx, entry.room, MessageSent(message=MessageView.of(message)), readers_of(message))
        assert seq == message.seq, "nothing else was told in this transaction"
        await messages.add(tx, message)
    return message


def readers_of(message: Message) -> Recipients:
    """Who hears of it: those it is for, and its sender."""
    if message.is_to_everyone:
        return EVERYONE
    named = Recipients.only(message.sender_id, message.to_participant)
    return Recipients(participant_ids=named.participant_ids, roles=frozenset(message.to_roles))


async def delete_message(ctx: Context, caller: Caller, room: str, message_id: str) -> Message:
    """Take a message back: one's own, or another's (`message.delete`). Deleted already is fine.

    Nothing keeps its text, and who hears of it only now never sees it.

    Raises:
        OnstageError: as `access_room`; `message_not_found`; `outranked` by a sender who is still there.
    """
    async with ctx.database.begin() as tx:
        found, actor = await access_room(tx, caller, room, None)
        message = await _readable(tx, found.id, message_id, actor)
        await _check_may_delete(tx, actor, message)
        if message.deleted_at is not None:
            return message
        deleted = replace(message, text="", metadata={}, pinned_at=None, deleted_at=ctx.clock.now())
        await messages.save(tx, deleted)
        view = MessageView.of(deleted)
        await events.forget_message(tx, found.id, deleted.id, view.model_dump(mode="json"), since=deleted.seq)
        told = MessageDeleted(message=view, by=None if actor is None else actor.id)
        await emit(ctx, tx, found, told, readers_of(deleted))
        await assets.remake_chat(tx, found.id, deleted.sent_at)
    return deleted


async def _readable(tx: Tx, room_id: str, message_id: str, actor: Participant | None) -> Message:
    message = await messages.find(tx, room_id, message_id, actor)
    if message is None:
        raise OnstageError(ErrorCode.MESSAGE_NOT_FOUND, f"The caller can read no message {message_id!r} here.")
    return message


async def _check_may_delete(tx: Tx, actor: Participant | None, message: Message) -> None:
    """A sender who has gone outranks nobody."""
    sender = None if message.sender_id is None else await participants.get(tx, message.sender_id)
    is_here = sender is not None and sender.presence is Presence.JOINED
    require(actor, Permission.MESSAGE_DELETE, sender if is_here else None)


async def pin_message(ctx: Context, caller: Caller, room: str, message_id: str) -> Message:
    """Keep a message to everybody in sight (`message.pin`). Pinned already is fine.

    Raises:
        OnstageError: as `access_session`; `message_not_found`, `message_not_pinnable`, `too_many_pinned`.
    """
    async with ctx.database.begin() as tx:
        entry, message = await _pinnable(tx, caller, room, message_id)
        if message.pinned_at is not None:
            return message
        if not message.is_to_everyone or message.deleted_at is not None:
            raise OnstageError(ErrorCode.MESSAGE_NOT_PINNABLE)
        if len(await messages.pinned(tx, entry.session.id)) >= MOST_PINNED:
            raise OnstageError(ErrorCode.TOO_MANY_PINNED, expected=f"at most {MOST_PINNED}")
        pinned = replace(message, pinned_at=ctx.clock.now())
        await messages.save(tx, pinned)
        await emit(ctx, tx, entry.room, MessagePinned(message=MessageView.of(pinned)))
    return pinned


async def unpin_message(ctx: Context, caller: Caller, room: str, message_id: str) -> Message:
    """Let a pinned message go (`message.pin`). Not pinned is fine.

    Raises:
        OnstageError: as `access_session`; `message_not_found`.
    """
    async with ctx.database.begin() as tx:
        entry, message = await _pinnable(tx, caller, room, message_id)
        if message.pinned_at is None:
            return message
        unpinned = replace(message, pinned_at=None)
        await messages.save(tx, unpinned)
        await emit(ctx, tx, entry.room, MessageUnpinned(message=MessageView.of(unpinned)))
    return unpinned


async def _pinnable(tx: Tx, caller: Caller, room: str, message_id: str) -> tuple[Entry, Message]:
    """A message of the open session, and the right to pin it."""
    entry = await access_session(tx, caller, room, Permission.MESSAGE_PIN)
    message = await _readable(tx, entry.room.id, message_id, entry.actor)
    if message.session_id != entry.session.id:
        raise OnstageError(ErrorCode.MESSAGE_NOT_FOUND, "The message is of an older session.")
    return entry, message
