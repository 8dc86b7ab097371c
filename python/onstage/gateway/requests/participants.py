"""What is asked about people."""

from onstage.actions import presence, promotion, tracks
from onstage.actions.access import ParticipantCaller
from onstage.actions.answers import InviteAnswer, ParticipantAnswer, invite_answer, participant_answer
from onstage.actions.bodies.participants import Demote, Mute, Promote
from onstage.actions.context import Context
from onstage.gateway.requests.kinds import Nothing, OfParticipant, RequestKind, Requests
from onstage.model.records import Invite


class PromoteParticipant(Promote, OfParticipant):
    """participant.promote."""


class DemoteParticipant(Demote, OfParticipant):
    """participant.demote."""


class MuteParticipant(Mute, OfParticipant):
    """participant.mute."""


async def _promote(
    ctx: Context, caller: ParticipantCaller, data: PromoteParticipant
) -> InviteAnswer | ParticipantAnswer:
    found = await promotion.promote(ctx, caller, caller.room_id, data.participant, data.asked())
    return invite_answer(found) if isinstance(found, Invite) else participant_answer(found)


async def _demote(ctx: Context, caller: ParticipantCaller, data: DemoteParticipant) -> ParticipantAnswer:
    return participant_answer(await promotion.demote(ctx, caller, caller.room_id, data.participant, data.role))


async def _mute(ctx: Context, caller: ParticipantCaller, data: MuteParticipant) -> ParticipantAnswer:
    return participant_answer(await tracks.mute(ctx, caller, caller.room_id, data.participant, data.source))


async def _remove(ctx: Context, caller: ParticipantCaller, data: OfParticipant) -> ParticipantAnswer:
    return participant_answer(await presence.remove(ctx, caller, caller.room_id, data.participant))


async def _leave(ctx: Context, caller: ParticipantCaller, _data: Nothing) -> ParticipantAnswer:
    return participant_answer(await presence.leave_room(ctx, caller))


REQUESTS: Requests = {
    "participant.promote": RequestKind(PromoteParticipant, _promote),
    "participant.demote": RequestKind(DemoteParticipant, _demote),
    "participant.mute": RequestKind(MuteParticipant, _mute),
    "participant.remove": RequestKind(OfParticipant, _remove),
    "participant.leave": RequestKind(Nothing, _leave),
}
