"""Which page calls: browsers say so with requests to other hosts, and with WebSockets (RFC 6454 §7, RFC 6455 §10.2)."""

from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def foreign_origin(origin: str | None, own_url: str) -> str | None:
    """The page's origin, in the form in which projects allow them; None if no page calls, or one of our own.

    `own_url` is where browsers reach us; its scheme makes no difference, as a proxy may end TLS before us.
    """
    if origin is None:
        return None
    parsed = _host_and_port(origin)
    return None if parsed is not None and parsed == _host_and_port(own_url, like=origin) else origin.lower()


def _host_and_port(url: str, *, like: str = "") -> tuple[str, int | None] | None:
    try:
        parts, scheme = urlsplit(url), urlsplit(like or url).scheme
        return (parts.hostname or "", parts.port or _DEFAULT_PORTS.get(scheme))
    except ValueError:
        return None


def allowed_origin(text: str) -> str:
    """An origin that a project allows, as browsers write it.

    Raises:
        ValueError: it is no origin of a page: `https://app.example`, without a path.
    """
    origin = text.strip().lower().rstrip("/")
    place = _host_and_port(origin)
    parts = urlsplit(origin) if place is not None else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or "*" in origin:
        raise ValueError("no origin of a page, as `https://app.example`")
    if origin != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ValueError("an origin has no path, no query and no user, as `https://app.example`")
    is_default = parts.port == _DEFAULT_PORTS[parts.scheme]
    return origin.removesuffix(f":{parts.port}") if is_default else origin
