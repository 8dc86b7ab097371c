"""How many cores a process in a container has."""

import os
from pathlib import Path

import pytest

from onstage.composer.capacity import usable_cores

HERE = float(len(os.sched_getaffinity(0)))


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, HERE),
        ({"cpu.max": "max 100000\n"}, HERE),
        ({"cpu.max": "50000 100000\n"}, 0.5),
        ({"cpu.max": "99900000 100000\n"}, HERE),
        ({"cpu/cpu.cfs_quota_us": "25000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 0.25),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, HERE),
    ],
    ids=["no group", "v2 without", "v2 half", "v2 more than there is", "v1 quarter", "v1 without"],
)
def test_a_group_has_what_it_was_given(tmp_path: Path, files: dict[str, str], cores: float) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert usable_cores(tmp_path) == cores


def test_a_process_bound_to_one_processor_has_one() -> None:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert usable_cores(Path("/nowhere")) == 1.0
    finally:
        os.sched_setaffinity(0, before)
