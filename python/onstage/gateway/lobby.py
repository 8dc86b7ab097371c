"""Before a client has said who it is: where it comes from, and how many like it an address may have."""

from urllib.parse import urlsplit


def foreign_origin(origin: str | None, host: str | None) -> str | None:
    """The page's origin, unless the page is our own: on this host, whatever the port, as the gateway may have its own.

    Args:
        origin: The header of that name (RFC 6455 §10.2); None when no browser calls.
        host: The header of that name.
    """
    if origin is None or (host is not None and _hostname(origin) == _hostname(f"//{host}") is not None):
        return None
    return origin


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


class Lobby:
    """Counts sockets whose client has not said who it is, by address."""

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
