"""What the HTTP door asks of whatever has a media playlist: a rendition, or captions."""

from typing import Protocol

from onstage.model.media import Rendition
from onstage.origin.playlists.body import Body
from onstage.origin.playlists.directives import Directives
from onstage.origin.segments.window import Window


class Served(Protocol):
    """One media playlist and what it lists. What is not there is MEDIA_NOT_FOUND."""

    @property
    def rendition(self) -> Rendition:
        """What it is."""
        ...

    @property
    def window(self) -> Window:
        """The segments that are listed."""
        ...

    async def playlist(self, directives: Directives) -> Body:
        """The list, once what `directives` ask for is there."""
        ...

    async def long_playlist(self, directives: Directives) -> Body:
        """The list that goes back for hours."""
        ...

    async def iframes(self) -> Body:
        """The list of keyframes."""
        ...

    async def media(self, name: str) -> bytes:
        """A segment, part or init segment."""
        ...
