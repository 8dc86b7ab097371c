"""When a call is tried again, and after how long. No I/O: both clients ask here."""

import random
from dataclasses import dataclass, field

import httpx

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
"""Too much, and what may pass. Only what changes nothing twice is repeated: what honours an Idempotency-Key has one."""


@dataclass(frozen=True, slots=True)
class Retries:
    """Exponential pauses with full jitter.

    Args:
        most: How many repetitions at most; 0 for none.
        first_s: Seconds the first pause lasts at most; each following one twice as long.
        longest_s: Seconds no pause exceeds, not even when the server's `Retry-After` asks for it.
        dice: Where the jitter comes from.
    """

    most: int = 3
    first_s: float = 0.5
    longest_s: float = 20.0
    dice: random.Random = field(default_factory=random.Random)

    def pause_s(self, repetition: int, response: httpx.Response | None, *, is_repeatable: bool = True) -> float | None:
        """Seconds until the next try after `repetition` of them (from 0); None when it is not tried again.

        `response` None: no answer came. `is_repeatable`: doing it twice does no more than doing it once.
        """
        may_pass = response is None or response.status_code in RETRIED_STATUSES
        was_not_done = response is not None and response.status_code == 429
        if repetition >= self.most or not may_pass or not (is_repeatable or was_not_done):
            return None
        retry_after_s = None if response is None else asked_pause_s(response)
        if retry_after_s is not None:
            return retry_after_s if retry_after_s <= self.longest_s else None
        return self.dice.uniform(0, min(self.longest_s, self.first_s * 2**repetition))


def asked_pause_s(response: httpx.Response) -> float | None:
    """Seconds of `Retry-After` (RFC 9110 §10.2.3); None without one, and for a date."""
    try:
        return float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
