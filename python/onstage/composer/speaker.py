"""Who has the floor. The engine tells who is heard; a layout must not jump at every cough.

Somebody takes the floor after speaking for `MIN_SPEECH_S`, at the earliest `HOLD_S` after the last change, and never
from somebody who is still speaking.
"""

from collections.abc import Sequence

MIN_SPEECH_S = 0.7
HOLD_S = 2.0


class SpeakerPicker:
    """Holds the floor. Times are seconds of one clock, handed in."""

    def __init__(self) -> None:
        self._speaking_since: dict[str, float] = {}
        self._loudest_first: list[str] = []
        self._floor: list[str] = []  # who had it, the latest first; each once
        self._changed_at_s = float("-inf")

    def heard(self, identities: Sequence[str], now_s: float) -> None:
        """The engine's list of who is speaking now, loudest first."""
        self._loudest_first = list(identities)
        self._speaking_since = {one: self._speaking_since.get(one, now_s) for one in identities}

    @property
    def speaking(self) -> frozenset[str]:
        """Who is speaking now, with the floor or without."""
        return frozenset(self._speaking_since)

    def left(self, identity: str) -> None:
        """Somebody has left the stage."""
        self.heard([one for one in self._loudest_first if one != identity], 0.0)
        if self._floor[:1] == [identity]:
            self._changed_at_s = float("-inf")
        self._floor = [one for one in self._floor if one != identity]

    def floor(self, now_s: float) -> list[str]:
        """Who has the floor at `now_s`, and who had it before, the latest first; none until somebody has spoken."""
        is_held = bool(self._floor) and self._floor[0] in self._speaking_since
        if is_held or now_s - self._changed_at_s < HOLD_S:
            return list(self._floor)
        for identity in self._loudest_first:
            if now_s - self._speaking_since[identity] >= MIN_SPEECH_S:
                self._floor = [identity, *(one for one in self._floor if one != identity)]
                self._changed_at_s = now_s
                break
        return list(self._floor)
