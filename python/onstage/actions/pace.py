"""How fast one person may go on: a burst, then a steady rate."""

from collections import OrderedDict

from onstage.errors import ErrorCode, OnstageError

_MOST_KEYS = 20_000
"""How many people are remembered; of more, whoever was quiet longest is taken for somebody new."""


class Pace:
    """At most `burst` at once and `per_s` a second for each key: the virtual scheduling of ITU-T I.371 §A.1 (GCRA).

    Kept in this process alone: with several servers, each allows as much.
    """

    def __init__(self, *, burst: int, per_s: float, most_keys: int = _MOST_KEYS) -> None:
        self.burst = burst
        self.per_s = per_s
        self._most_keys = most_keys
        self._due_s: OrderedDict[str, float] = OrderedDict()  # when each key's whole burst is free again

    def wait_s(self, key: str, now_s: float) -> float:
        """0 for what is allowed, which counts; else the seconds until it is."""
        due_s = max(self._due_s.get(key, now_s), now_s)
        early_s = due_s - now_s - (self.burst - 1) / self.per_s
        if early_s > 1e-9:
            return early_s
        self._due_s[key] = due_s + 1 / self.per_s
        self._due_s.move_to_end(key)
        if len(self._due_s) > self._most_keys:
            self._due_s.popitem(last=False)
        return 0.0

    def check(self, key: str, now_s: float) -> None:
        """Count one more.

        Raises:
            OnstageError: `sending_too_fast`.
        """
        wait_s = self.wait_s(key, now_s)
        if wait_s > 0:
            raise OnstageError(
                ErrorCode.SENDING_TOO_FAST,
                expected=f"at most {self.per_s:g} a second, after {self.burst} at once",
                retry_after_s=int(wait_s) + 1,
            )


class Paces:
    """How fast one participant may send each kind of thing; a server is trusted."""

    def __init__(self) -> None:
        self.messages = Pace(burst=20, per_s=5)
        self.custom = Pace(burst=20, per_s=10)
        self.reactions = Pace(burst=10, per_s=10)
