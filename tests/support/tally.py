"""Counts that tests make known: printed when all is over."""

from collections import Counter

COUNTS: Counter[str] = Counter()


def tally(what: str, number: int = 1) -> None:
    """So many more of them."""
    COUNTS[what] += number
