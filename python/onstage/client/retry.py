"""When a call is tried again, and after how long. No I/O: both clients ask here."""

import random
from dataclasses import dataclass, field
from typing import Any

import httpx

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
"""Too much, and what may pass. Only what changes nothing twice is repeated: what honours an Idempotency-Key has one,
and the server does nothing again under a key under which something was done."""
IN_PROGRESS = "idempotency_in_progress"
"""No failure: the first try, whose answer did not come, still runs, and its answer is there for the next one."""
_SHORTEST_S = 0.1
"""Seconds that a pause counts for at least, so that patience ends."""


@dataclass(frozen=True, slots=True)
class Retries:
    """Exponential pauses with full jitter.

    Args:
        most: How many repetitions at most; 0 for none.
        first_s: Seconds the first pause lasts at most; each following one twice as long.
        longest_s: Seconds no pause exceeds, not even when the server's `Retry-After` asks for it.
        patience_s: Seconds that a first try which still runs is waited for at most. After one minute the server knows
            whether anything comes of it.
        dice: Where the jitter comes from.
    """

    most: int = 3
    first_s: float = 0.5
    longest_s: float = 20.0
    patience_s: float = 90.0
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


@dataclass(slots=True)
class Tries:
    """The tries of one call, which are counted. `is_repeatable`: doing it twice does no more than doing it once."""

    retries: Retries
    is_repeatable: bool
    _failed: int = 0
    _waited_s: float = 0.0

    def pause_s(self, response: httpx.Response | None) -> float | None:
        """Seconds until the next try, after one that ended with `response`, or without any; None if it was the last.

        While the first try still runs, asking for its answer is none of the `most` repetitions.
        """
        if self.retries.most and response is not None and is_in_progress(response):
            return self._patient(asked_pause_s(response))
        self._failed += 1
        return self.retries.pause_s(self._failed - 1, response, is_repeatable=self.is_repeatable)

    def _patient(self, asked_s: float | None) -> float | None:
        pause_s = self.retries.first_s if asked_s is None else asked_s
        self._waited_s += max(pause_s, _SHORTEST_S)
        return pause_s if pause_s <= self.retries.longest_s and self._waited_s <= self.retries.patience_s else None


def is_in_progress(response: httpx.Response) -> bool:
    """Whether the server still works on the first try of this call."""
    return response.status_code == 409 and problem_of(response).get("code") == IN_PROGRESS


def problem_of(response: httpx.Response) -> dict[str, Any]:
    """The problem that the body of a refusal is; the text of what is none, a proxy's page perhaps, as its detail."""
    try:
        problem = response.json()
    except ValueError:
        problem = None
    return problem if isinstance(problem, dict) else {"detail": response.text[:200]}


def asked_pause_s(response: httpx.Response) -> float | None:
    """Seconds of `Retry-After` (RFC 9110 §10.2.3); None without one, and for a date."""
    try:
        return float(response.headers["Retry-After"])
    except (KeyError, ValueError):
        return None
