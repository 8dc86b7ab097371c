"""The uneven beat in which synthetic people flash and beep, and finding it again in what was seen or heard.

The pauses differ (0.8, 1 and 1.2 s), so that a beep paired with the flash of the beat before is noticed. Phases are
found, not given: everybody's path through the engine takes its own time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FRAME_RATE = 30
STARTS = (0, 24, 54)
"""Pictures of a cycle at which a beat begins."""
CYCLE = 90
FLASH_FRAMES = 4
BEEP_S = 0.1
CYCLE_S = CYCLE / FRAME_RATE
TOLERANCE_S = 0.12
"""What is further from its beat than that is none of it (LiveKit Egress' content checks take as much)."""
_STARTS_S = tuple(start / FRAME_RATE for start in STARTS)


def is_flash(frame: int) -> bool:
    """Whether a person's picture of that number is bright."""
    return any(0 <= frame % CYCLE - start < FLASH_FRAMES for start in STARTS)


def beep_at(centisecond: int) -> float | None:
    """Seconds since the beep began that sounds then; None in a pause. In whole numbers, as pictures are counted."""
    begins = (start * 100 // FRAME_RATE for start in STARTS)
    within = centisecond % round(CYCLE_S * 100)
    return next(((within - begin) / 100 for begin in begins if 0 <= within - begin < BEEP_S * 100), None)


@dataclass(frozen=True, slots=True)
class Phase:
    """When a cycle began, in seconds of the show: between 0 and `CYCLE_S`."""

    began_s: float

    def due_s(self, number: int) -> float:
        """When a beat should be; numbers begin with 0 in the first cycle."""
        cycle, beat = divmod(number, len(STARTS))
        return self.began_s + cycle * CYCLE_S + _STARTS_S[beat]

    def due(self, since_s: float, until_s: float) -> list[int]:
        """The beats of a stretch of the show."""
        first = int((since_s - self.began_s) // CYCLE_S) * len(STARTS)
        last = int((until_s - self.began_s) // CYCLE_S + 1) * len(STARTS)
        return [number for number in range(first, last) if since_s <= self.due_s(number) < until_s]

    def numbered(self, onsets_s: Sequence[float]) -> dict[int, float]:
        """Which beat each onset is; onsets that are none of it are left out."""
        found: dict[int, float] = {}
        for onset_s in onsets_s:
            near = self.due(onset_s - TOLERANCE_S, onset_s + TOLERANCE_S)
            found |= {number: onset_s for number in near[:1] if number not in found}
        return found

    def nearest_to(self, other: "Phase") -> "Phase":
        """The same phase, with the cycle that began closest to the other's as its first."""
        turns = round((other.began_s - self.began_s) / CYCLE_S)
        return Phase(self.began_s + turns * CYCLE_S)


def phase_of(onsets_s: Sequence[float]) -> Phase | None:
    """The phase in which most of the onsets are beats; None when there are no onsets."""
    guesses = [Phase((onset - start) % CYCLE_S) for onset in onsets_s for start in _STARTS_S]
    if not guesses:
        return None
    best = max(guesses, key=lambda guess: len(guess.numbered(onsets_s)))
    errors = sorted(at - best.due_s(number) for number, at in best.numbered(onsets_s).items())
    return Phase(best.began_s + errors[len(errors) // 2])


@dataclass(frozen=True, slots=True)
class Presence:
    """How much of the beat there was in a stretch of the show."""

    due: int
    seen: int
    strange: int
    """Onsets that are no beats."""

    @property
    def share(self) -> float:
        """Of the beats that were due; 0 when none was, because then nothing was proved."""
        return self.seen / self.due if self.due else 0.0


def presence(onsets_s: Sequence[float], since_s: float, until_s: float) -> Presence:
    """How much of the beat is in a stretch; its phase is that of its own onsets."""
    inside = [onset for onset in onsets_s if since_s <= onset < until_s]
    phase = phase_of(inside) or Phase(0.0)
    found = phase.numbered(inside)
    due = phase.due(since_s + TOLERANCE_S, until_s - TOLERANCE_S)
    return Presence(len(due), sum(number in found for number in due), len(inside) - len(found))


def offsets_s(flashes_s: Sequence[float], beeps_s: Sequence[float]) -> list[float]:
    """How much later each beat was heard than seen, for those that were both."""
    seen, heard = phase_of(flashes_s), phase_of(beeps_s)
    if seen is None or heard is None:
        return []
    flashes: Mapping[int, float] = seen.numbered(flashes_s)
    beeps = heard.nearest_to(seen).numbered(beeps_s)
    return [beeps[number] - at for number, at in flashes.items() if number in beeps]
