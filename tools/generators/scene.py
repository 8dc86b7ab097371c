"""What a scene is played with."""

from collections.abc import Awaitable, Callable

from onstage.model.records import Participant

Watch = Callable[[Participant], Awaitable[None]]
"""Begin the recording, through that person's eyes."""
