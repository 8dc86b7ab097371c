"""Which page calls: browsers say so with requests to other hosts, and with WebSockets (RFC 6454 §7, RFC 6455 §10.2)."""

from onstage.model.page_origins import host_and_port


def foreign_origin(origin: str | None, own_url: str) -> str | None:
    """The page's origin, in the form in which projects allow them; None if no page calls, or one of our own.

    `own_url` is where browsers reach us; its scheme makes no difference, as a proxy may end TLS before us.
    """
    if origin is None:
        return None
    place = host_and_port(origin)
    return None if place is not None and place == host_and_port(own_url, like=origin) else origin.lower()
