"""The children of a process, found while threads and processes come and go."""

from pathlib import Path


def children(pid: int | str, command: str) -> list[int]:
    """Those of its children that run now and whose command line holds `command`."""
    found = [int(one) for file in Path(f"/proc/{pid}/task").glob("*/children") for one in _text(file).split()]
    return [one for one in found if command in _text(Path(f"/proc/{one}/cmdline"))]


def _text(file: Path) -> str:
    """Empty for a thread or process that has ended since it was listed."""
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
