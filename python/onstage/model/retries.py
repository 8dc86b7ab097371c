"""When a webhook that failed is sent again, and when it is given up."""

from dataclasses import dataclass
from datetime import timedelta

_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(hours=4)
_GIVE_UP_AFTER = timedelta(hours=24)
_DISABLE_AFTER = timedelta(days=5)
JITTER = 0.2
"""Pauses are longer or shorter by up to this part, so that endpoints which failed together don't return together."""


@dataclass(frozen=True, slots=True)
class Retries:
    """The pauses, all multiplied by `scale`: with 0.001, minutes are milliseconds."""

    scale: float = 1.0

    def pause(self, failing_for: timedelta, *, jitter: float) -> timedelta:
        """How long to wait after a failure: as long again as the endpoint has failed, from 5 s up to 4 h.

        `jitter` is from -1 to 1.
        """
        base = min(max(failing_for, _FIRST * self.scale), _LONGEST * self.scale)
        return base * (1 + JITTER * jitter)

    @property
    def give_up_after(self) -> timedelta:
        """How long a delivery is tried."""
        return _GIVE_UP_AFTER * self.scale

    @property
    def disable_after(self) -> timedelta:
        """How long an endpoint may fail before nothing is sent to it any more."""
        return _DISABLE_AFTER * self.scale
