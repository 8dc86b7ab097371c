"""Who plays, as far as they say so: each player makes up a `sid` and sends it with its playlists, or by a beacon.

It stands in the query, outside of caches' keys; behind a cache only beacons come through. A player whose page is in the
room has a gateway and is counted there, so it sends none. Bounded (invariant 6): who is new beyond `MOST_VIEWERS`, or
beyond `NEW_PER_ADDRESS`, is not counted.
"""

import re
from collections.abc import Callable
from typing import Final

from starlette.requests import Request

from onstage.clock import Clock

SID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
SID_EXPECTED: Final = "is 8 to 64 letters, digits, `-` and `_`, made up by the player"
BEACON_EVERY_S: Final = 15
"""How often a player behind a cache says that it plays."""
BEACON_COUNTS_S: Final = 40.0
"""How long it is counted then: one beacon may be lost."""
MOST_VIEWERS: Final = 200_000
NEW_PER_ADDRESS: Final = 600
"""In a minute: many people may share an address, but nobody is many people."""
_MOST_ADDRESSES: Final = 10_000
_MINUTE_S: Final = 60.0


class Viewers:
    """Counts players by broadcast, on the server that has it."""

    def __init__(self, clock: Clock, address_of: Callable[[Request], str]) -> None:
        """`address_of` says whom a request is from, as requests are counted."""
        self._clock = clock
        self._address_of = address_of
        self._until_s: dict[str, dict[int, float]] = {}  # by broadcast and player: until when it is counted
        self._total = 0
        self._new: dict[str, int] = {}  # by address, in the minute that is open
        self._minute_ends_s = 0.0

    def saw(self, broadcast_id: str, sid: str, for_s: float, request: Request) -> bool:
        """Somebody plays, and is counted for so many seconds; False if they are new and not counted."""
        if not SID.fullmatch(sid):
            return False
        until_s = self._clock.monotonic() + for_s
        players, player = self._until_s.setdefault(broadcast_id, {}), hash(sid)
        known_s = players.get(player)
        if known_s is None:
            if not self._may_be_new(request):
                return False
            self._total += 1
        players[player] = until_s if known_s is None else max(known_s, until_s)
        return True

    def counts(self) -> dict[str, int]:
        """How many play each broadcast now. Those who do no more are forgotten."""
        now_s = self._clock.monotonic()
        for broadcast_id, players in self._until_s.items():
            self._until_s[broadcast_id] = {one: until_s for one, until_s in players.items() if until_s > now_s}
        self._total = sum(len(players) for players in self._until_s.values())
        found = {broadcast_id: len(players) for broadcast_id, players in self._until_s.items()}
        self._until_s = {broadcast_id: players for broadcast_id, players in self._until_s.items() if players}
        return found

    def _may_be_new(self, request: Request) -> bool:
        now_s = self._clock.monotonic()
        if now_s >= self._minute_ends_s:
            self._new, self._minute_ends_s = {}, now_s + _MINUTE_S
        address = self._address_of(request)
        if address not in self._new and len(self._new) >= _MOST_ADDRESSES:
            address = ""
        self._new[address] = self._new.get(address, 0) + 1
        return self._new[address] <= NEW_PER_ADDRESS and self._total < MOST_VIEWERS
