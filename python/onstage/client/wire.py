"""Calls as data, and answers read: what both clients share, without I/O."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

from onstage.client.errors import ApiError, ConnectionFailedError
from onstage.client.retry import asked_pause_s, problem_of


class Omit(Enum):
    """The default of what may be left out: not the same as None, which is sent as null."""

    OMIT = "omit"


OMIT: Final = Omit.OMIT
Answer = TypeVar("Answer")


class Model(BaseModel):
    """Base of what the server answers. Fields that a newer server adds are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `answers` has the type of each good status; `path` is already quoted; `file` is sent as it is."""

    method: str
    path: str
    answers: Mapping[int, Any]
    query: Mapping[str, Any] | None = None
    body: Mapping[str, Any] | None = None
    file: bytes | None = None
    is_repeatable: bool = True

    def headers(self, idempotency_key: str | None) -> dict[str, str]:
        """A key of its own for each POST, the same in every repetition; and what a file is, which is for us to see."""
        kind = {} if self.file is None else {"Content-Type": "application/octet-stream"}
        if self.method != "POST" or not self.is_repeatable:
            return kind
        return kind | {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}


def path_of(template: str, *values: str) -> str:
    """The path with each `{}` filled in, quoted."""
    return template.format(*(quote(value, safe="") for value in values))


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were given, in JSON's terms."""
    return {name: _plain(value) for name, value in fields.items() if value is not OMIT}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case str():
            return value
        case Mapping():
            return given(value)
        case Iterable():
            return [_plain(one) for one in value]
        case _:
            return value


def query_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a query: booleans in lower case, what is None left out."""
    kept = {name: value for name, value in given(fields).items() if value is not None}
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in kept.items()}


def read_answer(call: Call, response: httpx.Response) -> Any:
    """The answer, typed.

    Raises:
        ApiError: the server refused.
    """
    if response.status_code not in call.answers:
        raise api_error(response)
    kind = call.answers[response.status_code]
    return None if kind is None else TypeAdapter(kind).validate_json(response.content)


def settle(call: Call, response: httpx.Response | None, failure: httpx.TransportError | None) -> Any:
    """What the last try comes to.

    Raises:
        ApiError: the server refused.
        ConnectionFailedError: no answer came.
    """
    if response is None:
        raise ConnectionFailedError(f"{call.method} {call.path}: {failure}") from failure
    return read_answer(call, response)


def auth_of(project_id: str | None, secret: str | None, token: str | None) -> httpx.BasicAuth | None:
    """HTTP Basic, if that is how we say who we are.

    Raises:
        ValueError: one half is missing, or there is a token as well.
    """
    if (project_id is None) is not (secret is None):
        raise ValueError("`project_id` and `secret` belong together")
    if project_id is None or secret is None:
        return None
    if token is not None:
        raise ValueError("either `project_id` and `secret`, or a `token`")
    return httpx.BasicAuth(project_id, secret)


def base_of(url: str) -> str:
    """Where the server is, with or without the API's own `/v1` behind it.

    Raises:
        ValueError: no http(s) URL.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url!r} is no URL of a server, such as https://live.example.com")
    return url.rstrip("/").removesuffix("/v1")


def bearer_of(token: str | None) -> dict[str, str]:
    """The header of a token."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def api_error(response: httpx.Response) -> ApiError:
    """The refusal that a response is."""
    return ApiError(response.status_code, problem_of(response), asked_pause_s(response))
