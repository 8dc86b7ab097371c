"""What callers prove themselves with, as it stands in a header."""

import base64


def basic(user: str, secret: str) -> str:
    """The value of an Authorization header (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()
