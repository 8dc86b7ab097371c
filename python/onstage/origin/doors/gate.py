"""Who may play, and from which pages: asked by every door to media, answered by a part above (design §10.13).

A token stands in the path, behind a `~` and in front of everything else, so that what a playlist names inherits it and
the bytes stay the same for everybody. `guarded.py` puts a gate in front of endpoints.
"""

from collections.abc import Collection
from typing import Protocol

from onstage.model.playback import PlaybackGrant


class Rules(Protocol):
    """What holds for one room's shows at a moment. Asking costs no I/O."""

    @property
    def is_signed(self) -> bool:
        """Whether a token is needed."""
        ...

    @property
    def origins(self) -> Collection[str] | None:
        """Whose pages' scripts may read what is answered; None: any."""
        ...

    def admit(self, token: str | None) -> PlaybackGrant | None:
        """What lets the request in: the token's grant, or None where nothing is needed.

        Raises:
            OnstageError: `playback_token_missing`, `…_invalid`, `…_expired`, `…_wrong_room`, `…_revoked`.
        """
        ...

    def confirm(self, grant: PlaybackGrant) -> None:
        """Nothing, unless the grant was taken back since it was admitted. It may expire meanwhile.

        Raises:
            OnstageError: `playback_token_revoked`.
        """
        ...


class Gate(Protocol):
    """Knows the rules of every show."""

    async def rules_of(self, show: str) -> Rules | None:
        """What holds for the show: a room's id, a broadcast's or a recording's. None: nobody knows it.

        Soon, and mostly without I/O: it is asked with every playlist and part.

        Raises:
            OnstageError: `store_unavailable`, where nothing is known of it yet.
        """
        ...


class _Open:
    """Everybody may."""

    is_signed = False
    origins = None

    def admit(self, token: str | None) -> None:
        """Whoever it is."""

    def confirm(self, grant: PlaybackGrant) -> None:
        """Nothing is taken back."""


class OpenGate:
    """Everybody may play everything, from any page: where no rooms are known."""

    async def rules_of(self, show: str) -> Rules:  # noqa: ARG002 - gates are asked alike
        """The same for all."""
        return _Open()
