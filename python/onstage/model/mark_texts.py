"""What a mark on a show's timeline says: JSON, with its kind as `type`. Nothing in it that only the room may know."""

import json

from onstage.model.marks import Mark
from onstage.model.records.people import Participant
from onstage.model.records.polls import Poll, PollStatus


def is_in_shows(participant: Participant) -> bool:
    """Whether shows have them, as long as their own mix leaves them in."""
    return participant.is_on_stage and not participant.is_backstage


def promotion_text(participant: Participant) -> str:
    """Somebody came into the show."""
    return _text(Mark.PROMOTION, participant_id=participant.id, name=participant.name, role=participant.role)


def speaker_text(participant: Participant) -> str:
    """Somebody has the floor."""
    return _text(Mark.SPEAKER, participant_id=participant.id, name=participant.name)


def poll_text(poll: Poll) -> str:
    """A poll was started or stopped."""
    return _text(Mark.POLL, poll_id=poll.id, status=poll.status.value, title=poll.plan.title)


def hms_text(kind: Mark | None, text: str) -> str | None:
    """What 100ms's pages look for: by a convention of theirs, a payload of these words offers a poll to vote in."""
    if kind is not Mark.POLL:
        return None
    facts = json.loads(text)
    return f"poll:{facts['poll_id']}" if facts["status"] == PollStatus.STARTED else None


def _text(kind: Mark, **facts: str) -> str:
    return json.dumps({"type": kind.value, **facts}, ensure_ascii=False)
