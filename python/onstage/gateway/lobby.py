"""Sockets whose client has not said who it is: so many at most from each address."""


class Lobby:
    """Counts them by address."""

    def __init__(self, most_per_address: int) -> None:
        self._most = most_per_address
        self._waiting: dict[str, int] = {}

    def enter(self, address: str) -> bool:
        """Count one more from there; False, and not counted, when there are too many."""
        waiting = self._waiting.get(address, 0)
        if waiting >= self._most:
            return False
        self._waiting[address] = waiting + 1
        return True

    def leave(self, address: str) -> None:
        """Count one less."""
        waiting = self._waiting[address] - 1
        if waiting:
            self._waiting[address] = waiting
        else:
            del self._waiting[address]
