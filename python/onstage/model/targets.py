"""Where a live target is: what may be shown of its URL, and what may not; and what becomes of feeding it."""

from dataclasses import dataclass

from onstage.model.outputs import OutputTrouble

DEFAULT_PORTS = {"rtmp": 1935, "rtmps": 443}


@dataclass(frozen=True, slots=True)
class TargetUrl:
    """An RTMP URL in its parts. `query` is the application's own; both it and the key are secret."""

    scheme: str
    host: str  # an IPv6 address is in brackets
    port: int
    app: str
    key: str
    query: str = ""

    @property
    def shown(self) -> str:
        """What everybody may see."""
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}/{self.app}"

    @property
    def tc_url(self) -> str:
        """The application's URL, as it is sent to the server in `connect`."""
        return self.shown + self.query

    @property
    def secrets(self) -> list[str]:
        """What must not be repeated, longest first."""
        parts = [self.key, self.key.partition("?")[0], self.query.removeprefix("?")]
        return sorted({one for one in parts if one}, key=len, reverse=True)

    def __repr__(self) -> str:
        """Without what is secret."""
        return f"TargetUrl({self.shown!r})"


@dataclass(frozen=True, slots=True)
class TargetState:
    """What the composer tells of a target: that it is fed, or why it is not, which ends the attempt.

    Fed with `trouble`: it takes less than everything.
    """

    output_id: str
    is_live: bool
    trouble: OutputTrouble | None = None
    detail: str | None = None
