"""How much of the machine is ours: the processors that this process may run on, and what its cgroup lets it use."""

import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
"""Where a process in a container finds the limits of its own group (cgroups(7))."""
_UNLIMITED = "max"


def usable_cores(cgroup: Path = CGROUP) -> float:
    """Cores that this process and its children have at most."""
    processors = float(len(os.sched_getaffinity(0)))
    return min(processors, _quota_v2(cgroup) or _quota_v1(cgroup) or processors)


def _quota_v2(cgroup: Path) -> float | None:
    """Of `cpu.max`: microseconds of processor time in each period, or `max`."""
    match _read(cgroup / "cpu.max").split():
        case [quota, period] if quota != _UNLIMITED:
            return int(quota) / int(period)
        case _:
            return None


def _quota_v1(cgroup: Path) -> float | None:
    """Likewise of the older files; -1 is no limit."""
    quota, period = (_read(cgroup / "cpu" / name).strip() for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us"))
    return int(quota) / int(period) if quota.isdigit() and period.isdigit() else None


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
