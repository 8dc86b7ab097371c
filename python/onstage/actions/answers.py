"""What changes are answered with, by REST and the gateway alike."""

from pydantic import BaseModel

from onstage.model.records import Invite, Message, Participant
from onstage.model.views import InviteView, MessageView, ParticipantView


class ParticipantAnswer(BaseModel):
    """The participant after the change."""

    participant: ParticipantView


class InviteAnswer(BaseModel):
    """The invite after the change."""

    invite: InviteView


class AcceptedAnswer(BaseModel):
    """The accepted invite and the promoted participant."""

    invite: InviteView
    participant: ParticipantView


class MessageAnswer(BaseModel):
    """The message as sent."""

    message: MessageView


def participant_answer(participant: Participant) -> ParticipantAnswer:
    """The participant as answered."""
    return ParticipantAnswer(participant=ParticipantView.of(participant))


def invite_answer(invite: Invite) -> InviteAnswer:
    """The invite as answered."""
    return InviteAnswer(invite=InviteView.of(invite))


def accepted_answer(invite: Invite, participant: Participant) -> AcceptedAnswer:
    """An accepted invite as answered."""
    return AcceptedAnswer(invite=InviteView.of(invite), participant=ParticipantView.of(participant))


def message_answer(message: Message) -> MessageAnswer:
    """A message as answered."""
    return MessageAnswer(message=MessageView.of(message))
