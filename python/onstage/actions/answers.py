"""What changes are answered with, by REST and the gateway alike."""

from pydantic import BaseModel

from onstage.actions.custom import SentCustom
from onstage.model.records import Ban, Invite, Message, Participant
from onstage.model.views import BanView, InviteView, MessageView, ParticipantView, Timestamp


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


class HandAnswer(BaseModel):
    """The participant with the hand up, and their place in the queue: 1 is the next."""

    participant: ParticipantView
    position: int


class LoweredAnswer(BaseModel):
    """Whose hands went down, by id, in the order of the queue."""

    lowered: list[str]


class MutedAnswer(BaseModel):
    """Who was silenced, by id."""

    muted: list[str]


class BanAnswer(BaseModel):
    """The ban, and who was put out by it; null when nobody was there under the identity."""

    ban: BanView
    participant: ParticipantView | None


class UnbanAnswer(BaseModel):
    """The identity that may come in again, and its ban; null when it had only been removed."""

    identity: str
    ban: BanView | None


class MessageAnswer(BaseModel):
    """The message as it is now."""

    message: MessageView


class CustomAnswer(BaseModel):
    """When a custom event was sent, and as which of the room's events."""

    seq: int
    sent_at: Timestamp


class ReactionAnswer(BaseModel):
    """The reaction, which is told within a second."""

    reaction: str


def participant_answer(participant: Participant) -> ParticipantAnswer:
    """The participant as answered."""
    return ParticipantAnswer(participant=ParticipantView.of(participant))


def invite_answer(invite: Invite) -> InviteAnswer:
    """The invite as answered."""
    return InviteAnswer(invite=InviteView.of(invite))


def ban_answer(ban: Ban, participant: Participant | None) -> BanAnswer:
    """A ban as answered."""
    return BanAnswer(ban=BanView.of(ban), participant=None if participant is None else ParticipantView.of(participant))


def unban_answer(identity: str, ban: Ban | None) -> UnbanAnswer:
    """A ban taken back as answered."""
    return UnbanAnswer(identity=identity, ban=None if ban is None else BanView.of(ban))


def accepted_answer(invite: Invite, participant: Participant) -> AcceptedAnswer:
    """An accepted invite as answered."""
    return AcceptedAnswer(invite=InviteView.of(invite), participant=ParticipantView.of(participant))


def custom_answer(sent: SentCustom) -> CustomAnswer:
    """A custom event as answered."""
    return CustomAnswer(seq=sent.seq, sent_at=sent.sent_at)


def message_answer(message: Message) -> MessageAnswer:
    """A message as answered."""
    return MessageAnswer(message=MessageView.of(message))
