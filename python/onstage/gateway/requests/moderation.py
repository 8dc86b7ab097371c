"""What is asked to keep order: silence, removal, bans."""

from pydantic import Field

from onstage.actions import bans, moderation, muting, presence
from onstage.actions.access import ParticipantCaller
from onstage.actions.answers import (
    BanAnswer,
    MutedAnswer,
    ParticipantAnswer,
    UnbanAnswer,
    ban_answer,
    participant_answer,
    unban_answer,
)
from onstage.actions.bodies.base import Body
from onstage.actions.bodies.participants import Ban, MuteChat, MuteMany, Remove, RequestUnmute, SetBackstage
from onstage.actions.context import Context
from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.gateway.requests.kinds import OfParticipant, RequestKind, Requests
from onstage.model.texts import Identity


class MuteParticipants(MuteMany):
    """participant.mute: `participant`, or without it all on stage or of a role, as POST /v1/rooms/{room}/mute."""

    participant: str | None = Field(default=None, min_length=1, max_length=120)


class RequestUnmuteOfParticipant(RequestUnmute, OfParticipant):
    """participant.request_unmute."""


class MuteChatOfParticipant(MuteChat, OfParticipant):
    """participant.mute_chat."""


class SetBackstageOfParticipant(SetBackstage, OfParticipant):
    """participant.set_backstage."""


class RemoveParticipant(Remove, OfParticipant):
    """participant.remove."""


class BanParticipant(Ban):
    """participant.ban: `participant`, who is there, or any `identity`, as POST /v1/rooms/{room}/bans."""

    participant: str | None = Field(default=None, min_length=1, max_length=120)
    identity: Identity | None = None


class UnbanParticipant(Body):
    """participant.unban; it takes `participant.ban`."""

    identity: Identity


async def _mute(ctx: Context, caller: ParticipantCaller, data: MuteParticipants) -> ParticipantAnswer | MutedAnswer:
    if data.participant is None:
        return MutedAnswer(muted=await muting.mute_everybody(ctx, caller, caller.room_id, data.asked()))
    if data.role is not None or data.excluded:
        problem = FieldProblem("participant", "give `participant`, or `role` and `except`, and not both")
        raise OnstageError(ErrorCode.MALFORMED, errors=[problem])
    return participant_answer(await muting.mute(ctx, caller, caller.room_id, data.participant, data.source))


async def _request_unmute(
    ctx: Context, caller: ParticipantCaller, data: RequestUnmuteOfParticipant
) -> ParticipantAnswer:
    found = await muting.request_unmute(ctx, caller, caller.room_id, data.participant, data.source)
    return participant_answer(found)


async def _mute_chat(ctx: Context, caller: ParticipantCaller, data: MuteChatOfParticipant) -> ParticipantAnswer:
    found = await moderation.mute_chat(ctx, caller, caller.room_id, data.participant, is_muted=data.muted)
    return participant_answer(found)


async def _set_backstage(ctx: Context, caller: ParticipantCaller, data: SetBackstageOfParticipant) -> ParticipantAnswer:
    is_backstage = data.backstage
    found = await moderation.set_backstage(ctx, caller, caller.room_id, data.participant, is_backstage=is_backstage)
    return participant_answer(found)


async def _remove(ctx: Context, caller: ParticipantCaller, data: RemoveParticipant) -> ParticipantAnswer:
    found = await presence.remove(ctx, caller, caller.room_id, data.participant, reason=data.reason)
    return participant_answer(found)


async def _ban(ctx: Context, caller: ParticipantCaller, data: BanParticipant) -> BanAnswer:
    if data.identity is not None and data.participant is None:
        return ban_answer(*await moderation.ban_identity(ctx, caller, caller.room_id, data.identity, data.asked()))
    if data.identity is not None or data.participant is None:
        problem = FieldProblem("participant", "give `participant` or `identity`, and not both")
        raise OnstageError(ErrorCode.MALFORMED, errors=[problem])
    return ban_answer(*await moderation.ban(ctx, caller, caller.room_id, data.participant, data.asked()))


async def _unban(ctx: Context, caller: ParticipantCaller, data: UnbanParticipant) -> UnbanAnswer:
    return unban_answer(data.identity, await bans.unban(ctx, caller, caller.room_id, data.identity))


REQUESTS: Requests = {
    "participant.mute": RequestKind(MuteParticipants, _mute),
    "participant.request_unmute": RequestKind(RequestUnmuteOfParticipant, _request_unmute),
    "participant.mute_chat": RequestKind(MuteChatOfParticipant, _mute_chat),
    "participant.set_backstage": RequestKind(SetBackstageOfParticipant, _set_backstage),
    "participant.remove": RequestKind(RemoveParticipant, _remove),
    "participant.ban": RequestKind(BanParticipant, _ban),
    "participant.unban": RequestKind(UnbanParticipant, _unban),
}
