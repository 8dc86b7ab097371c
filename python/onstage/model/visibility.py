"""Who of a room's people is seen by everybody: viewers may be tens of thousands, so only their number is told."""

from onstage.model.records import Participant
from onstage.model.role import Level


def is_seen_by_all(*states: Participant) -> bool:
    """Whether everybody hears of what leads between these states of one participant; if not, only they themselves do.

    Stage and audience are seen, and of the viewers who has a hand up.
    """
    return any(one.level is not Level.VIEWER or one.hand_raised_at is not None for one in states)
