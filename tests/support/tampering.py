"""Tokens as an attacker, or a careless server, would write them."""

import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any

Claims = dict[str, Any]


def encoded(part: object) -> str:
    """One part of a token."""
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def token_of(claims: object, secret: str | bytes, *, header: object = None, hash_name: str = "sha256") -> str:
    """A token with any header and any claims, signed with HMAC by our own hand."""
    head = {"alg": "HS256", "typ": "JWT"} if header is None else header
    body = f"{encoded(head)}.{encoded(claims)}"
    key = secret.encode() if isinstance(secret, str) else secret
    return f"{body}.{encoded(hmac.new(key, body.encode(), hash_name).digest())}"


def with_claims(token: str, **changed: Any) -> str:
    """The token with other claims and its old signature."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return f"{head}.{encoded(claims | changed)}.{signature}"


def claims_of(token: str) -> Claims:
    """What the token says."""
    body = token.split(".")[1]
    claims: Claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


_NUMBERS: tuple[object, ...] = (7, -1, 1.5, 1e300, 10**40)
WRONG_VALUES = (None, True, *_NUMBERS, "", "x" * 200, "a\u0000b", [], [1], {}, {"a": 1})
"""What a claim might be instead of what it should."""


def mutations(claims: Claims) -> Iterator[tuple[str, Claims]]:
    """Every claim left out, and given every wrong value, one at a time."""
    for name in claims:
        yield f"{name} is left out", {one: value for one, value in claims.items() if one != name}
        for value in WRONG_VALUES:
            if value != claims[name] or type(value) is not type(claims[name]):
                yield f"{name} is {value!r:.40}", claims | {name: value}


def bad_headers() -> Iterator[tuple[str, Claims]]:
    """Every header that must not be believed, under a signature that is right for HS256."""
    for algorithm in (
        "none",
        "None",
        "NONE",
        "nOnE",
        "HS384",
        "HS512",
        "RS256",
        "ES256",
        "PS256",
        "EdDSA",
        "hs256",
        "",
    ):
        yield f"alg {algorithm!r}", {"alg": algorithm, "typ": "JWT"}
    for algorithm in (None, 7, [], ["HS256"], {}, True):
        yield f"alg {algorithm!r}", {"alg": algorithm, "typ": "JWT"}
    yield "no alg", {"typ": "JWT"}
    yield "a critical extension", {"alg": "HS256", "crit": ["exp"], "exp": 1}
    yield "an unencoded payload", {"alg": "HS256", "b64": False, "crit": ["b64"]}
    for kid in (7, None, [], {}, True):
        yield f"kid {kid!r}", {"alg": "HS256", "kid": kid}
