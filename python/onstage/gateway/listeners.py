"""Who listens to a room on this server, found by what they are rather than by asking everybody."""

from collections.abc import Iterator
from typing import Protocol

from onstage.gateway.batch import Batch


class Listener(Protocol):
    """A session, as the feed sees it."""

    participant_id: str
    role: str
    position: int
    """The place in the feed behind the last event it was handed."""

    @property
    def is_held(self) -> bool:
        """Whether it has no snapshot yet: it takes everything, and sorts it out then."""
        ...

    @property
    def gathers(self) -> bool:
        """Whether what does not concern it may wait for company."""
        ...

    def on_batch(self, batch: Batch) -> None:
        """Take the room's next events. Those that it was handed already are passed over."""
        ...

    def on_feed_failed(self) -> None:
        """There will be no more events."""
        ...


_Group = tuple[str, bool]  # role, and whether it gathers
_HELD: _Group = ("", False)


class Listeners:
    """By participant, and in groups that hear the same things at the same time."""

    def __init__(self) -> None:
        self._of_participant: dict[str, Listener] = {}
        self._groups: dict[_Group, dict[Listener, None]] = {}
        self._group_of: dict[Listener, _Group] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._group_of)

    def place(self, listener: Listener) -> None:
        """Add the listener, or move it to where it belongs now."""
        group = _HELD if listener.is_held else (listener.role, listener.gathers)
        if self._group_of.get(listener) == group:
            return
        self._leave_group(listener)
        self._groups.setdefault(group, {})[listener] = None
        self._group_of[listener] = group
        self._of_participant[listener.participant_id] = listener

    def remove(self, listener: Listener) -> None:
        """Forget the listener."""
        self._leave_group(listener)
        if self._of_participant.get(listener.participant_id) is listener:
            del self._of_participant[listener.participant_id]

    def _leave_group(self, listener: Listener) -> None:
        group = self._group_of.pop(listener, None)
        if group is not None:
            del self._groups[group][listener]
            if not self._groups[group]:
                del self._groups[group]

    def __contains__(self, listener: Listener) -> bool:
        """Whether it is still listening."""
        return listener in self._group_of

    def of(self, participant_id: str) -> Listener | None:
        """The participant's newest listener."""
        return self._of_participant.get(participant_id)

    def everybody(self) -> list[Listener]:
        """Every listener."""
        return list(self._group_of)

    def at_once(self, batch: Batch) -> Iterator[Listener]:
        """Who is to have `batch` now: the held, and those of its roles who do not gather."""
        for group, members in list(self._groups.items()):
            if group == _HELD or (not group[1] and batch.is_for_role(group[0])):
                yield from list(members)

    def gathering(self, batch: Batch) -> Iterator[Listener]:
        """Who is to have `batch` once it has been gathered."""
        for group, members in list(self._groups.items()):
            if group[1] and batch.is_for_role(group[0]):
                yield from list(members)
