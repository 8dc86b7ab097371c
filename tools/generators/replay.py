"""Recordings for protocol/replay (invariant 3)."""


def documents() -> dict[str, str]:
    """Each recording: its file name, and its text."""
    return {}
