"""Counts for the statistics that a composer tells."""

from collections.abc import Callable, Mapping

from onstage.composer.wire import Stats, TileStats
from onstage.model.degradation import Degradation

STATS_EVERY_S = 2.0


class Meter:
    """Counts ticks and bytes. `now_s` is any clock of seconds that never goes back."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._since_s = now_s()
        self._ticks = 0
        self._late_ticks = 0
        self._repeated = 0
        self._encode_s: list[float] = []
        self._bytes = 0
        self._shown: dict[str, int] = {}

    def ticked(self, encode_s: float, *, is_late: bool, repeats: bool) -> None:
        """A tick is done and its encoding took `encode_s`."""
        self._ticks += 1
        self._late_ticks += is_late
        self._repeated += repeats
        self._encode_s.append(encode_s)

    def made(self, size: int) -> None:
        """Media of `size` bytes has been made."""
        self._bytes += size

    @property
    def is_due(self) -> bool:
        """Whether it is time to tell."""
        return self._now_s() - self._since_s >= STATS_EVERY_S

    def stats(self, shown: Mapping[str, int], degraded: tuple[Degradation, ...] = ()) -> Stats:
        """What happened since the last call; `shown` has the pictures of each camera shown so far, by identity."""
        now_s = self._now_s()
        span_s, self._since_s = max(now_s - self._since_s, 0.001), now_s
        encode_s, self._encode_s = sorted(self._encode_s) or [0.0], []
        made, self._bytes = self._bytes, 0
        before, self._shown = self._shown, dict(shown)
        tiles = (TileStats(one, (count - before.get(one, 0)) / span_s) for one, count in shown.items())
        return Stats(
            ticks=self._ticks,
            late_ticks=self._late_ticks,
            repeated=self._repeated,
            encode_ms_p50=encode_s[len(encode_s) // 2] * 1000,
            encode_ms_p99=encode_s[int(len(encode_s) * 0.99)] * 1000,
            bitrate_bps=round(made * 8 / span_s),
            tiles=tuple(tiles),
            degraded=degraded,
        )
