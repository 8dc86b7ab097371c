"""What is asked about people: their role, and what is known of them."""

from onstage.actions import moderation, presence, promotion
from onstage.actions.access import ParticipantCaller
from onstage.actions.answers import InviteAnswer, ParticipantAnswer, invite_answer, participant_answer
from onstage.actions.bodies.participants import Demote, Promote, SetRole, UpdateParticipant
from onstage.actions.context import Context
from onstage.gateway.requests.kinds import Nothing, OfParticipant, RequestKind, Requests
from onstage.model.records import Invite, Participant


class PromoteParticipant(Promote, OfParticipant):
    """participant.promote."""


class SetRoleOfParticipant(SetRole, OfParticipant):
    """participant.set_role."""


class DemoteParticipant(Demote, OfParticipant):
    """participant.demote."""


class ChangeParticipant(UpdateParticipant, OfParticipant):
    """participant.update."""


async def _promote(
    ctx: Context, caller: ParticipantCaller, data: PromoteParticipant
) -> InviteAnswer | ParticipantAnswer:
    return _done_or_asked(await promotion.promote(ctx, caller, caller.room_id, data.participant, data.asked()))


async def _set_role(
    ctx: Context, caller: ParticipantCaller, data: SetRoleOfParticipant
) -> InviteAnswer | ParticipantAnswer:
    found = await promotion.set_role(ctx, caller, caller.room_id, data.participant, data.role, data.asked())
    return _done_or_asked(found)


def _done_or_asked(found: Invite | Participant) -> InviteAnswer | ParticipantAnswer:
    return invite_answer(found) if isinstance(found, Invite) else participant_answer(found)


async def _demote(ctx: Context, caller: ParticipantCaller, data: DemoteParticipant) -> ParticipantAnswer:
    return participant_answer(await promotion.demote(ctx, caller, caller.room_id, data.participant, data.role))


async def _update(ctx: Context, caller: ParticipantCaller, data: ChangeParticipant) -> ParticipantAnswer:
    changed = await moderation.update_participant(ctx, caller, caller.room_id, data.participant, data.change())
    return participant_answer(changed)


async def _leave(ctx: Context, caller: ParticipantCaller, _data: Nothing) -> ParticipantAnswer:
    return participant_answer(await presence.leave_room(ctx, caller))


REQUESTS: Requests = {
    "participant.promote": RequestKind(PromoteParticipant, _promote),
    "participant.set_role": RequestKind(SetRoleOfParticipant, _set_role),
    "participant.demote": RequestKind(DemoteParticipant, _demote),
    "participant.update": RequestKind(ChangeParticipant, _update),
    "participant.leave": RequestKind(Nothing, _leave),
}
