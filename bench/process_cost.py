"""What a process takes, from /proc: processor time by thread, and memory."""

import os
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds since the process began, by the name of the thread."""

    seconds: dict[str, float]

    @property
    def total_s(self) -> float:
        """Of all threads that still live."""
        return sum(self.seconds.values())

    def since(self, earlier: "Cost") -> "Cost":
        """What came to it after `earlier`."""
        return Cost({name: spent - earlier.seconds.get(name, 0.0) for name, spent in self.seconds.items()})


def cost(pid: int) -> Cost:
    """The cost so far. Threads of one name are taken together; a number at the end is not part of it."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for task in Path(f"/proc/{pid}/task").iterdir():
        head, _, tail = (task / "stat").read_text().rpartition(") ")
        user, system = tail.split()[11:13]
        name = head.partition("(")[2].rstrip("0123456789").rstrip("-_ #")
        seconds[name] += (int(user) + int(system)) / _TICKS_PER_S
    return Cost(dict(seconds))


def pss_mb(pid: int) -> float:
    """Proportional set size: shared pages are shared out. In MB of 10^6 bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    (kib,) = (int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kib * 1024 / 1e6


def with_descendants(pid: int) -> list[int]:
    """A process and all that it and its children started, as long as they live."""
    found = [pid]
    for one in found:
        with suppress(OSError):
            found += [int(child) for path in Path(f"/proc/{one}/task").glob("*/children") for child in _ids(path)]
    return found


def _ids(path: Path) -> list[str]:
    with suppress(OSError):
        return path.read_text().split()
    return []


def total_s(pids: Iterable[int]) -> float:
    """Processor seconds of several processes so far; of one that has gone, none."""
    spent = 0.0
    for pid in pids:
        with suppress(OSError):
            user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:13]
            spent += (int(user) + int(system)) / _TICKS_PER_S
    return spent
