"""Where a live target is: what may be shown of its URL, and what may not."""

from dataclasses import dataclass

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

    def __repr__(self) -> str:
        """Without what is secret."""
        return f"TargetUrl({self.shown!r})"
