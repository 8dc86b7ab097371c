"""The origins of pages: as browsers write them, and as people give them (RFC 6454 §7)."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, StringConstraints

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def host_and_port(url: str, *, like: str = "") -> tuple[str, int | None] | None:
    """Where a URL leads; without a port, to that of its scheme, or of the scheme of `like`. None: it is no URL."""
    try:
        parts, scheme = urlsplit(url), urlsplit(like or url).scheme
        return (parts.hostname or "", parts.port or DEFAULT_PORTS.get(scheme))
    except ValueError:
        return None


def allowed_origin(text: str) -> str:
    """An origin that somebody allows, as browsers write it.

    Raises:
        ValueError: it is no origin of a page: `https://app.example`, without a path.
    """
    origin = text.strip().lower().rstrip("/")
    place = host_and_port(origin)
    parts = urlsplit(origin) if place is not None else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or "*" in origin:
        raise ValueError("no origin of a page, as `https://app.example`")
    if origin != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ValueError("an origin has no path, no query and no user, as `https://app.example`")
    is_default = parts.port == DEFAULT_PORTS[parts.scheme]
    return origin.removesuffix(f":{parts.port}") if is_default else origin


PageOrigin = Annotated[str, StringConstraints(max_length=300), AfterValidator(allowed_origin)]
"""An origin that somebody allows."""
