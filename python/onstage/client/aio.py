"""The async client."""

import asyncio
from types import TracebackType
from typing import Any, Self

import httpx

from onstage.client.calls import AsyncCalls
from onstage.client.retry import Retries, Tries
from onstage.client.wire import Call, auth_of, base_of, bearer_of, settle


class AsyncOnstage(AsyncCalls):
    """The server API of one Onstage, as one project or with one token.

    Used in `async with`, or closed by `aclose`. Each method is an operation of the OpenAPI document, by its name.
    """

    def __init__(
        self,
        url: str,
        *,
        project_id: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        retries: Retries | None = None,
        timeout_s: float = 30.0,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Prepare, without connecting.

        Args:
            url: Where the server is, as `https://live.example.com`.
            project_id: With `secret`: HTTP Basic, as your server.
            secret: One of the project's live secrets.
            token: Instead of the two: a management JWT, or a participant's token.
            retries: When a call is tried again; three times when None. A try that lost its answer while the server
                still works on it is waited for.
            timeout_s: Seconds one try may take.
            http: A client of your own; it is not closed with this one.

        Raises:
            ValueError: no http(s) URL; half of HTTP Basic, or that and a token.
        """
        self._auth = auth_of(project_id, secret, token)
        self._token = token
        self._retries = retries or Retries()
        self._timeout_s = timeout_s
        self._url = base_of(url)
        self._is_own = http is None
        self._http = http or httpx.AsyncClient()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        if self._is_own:
            await self._http.aclose()

    async def _run(self, call: Call, *, idempotency_key: str | None = None) -> Any:
        headers = call.headers(idempotency_key) | bearer_of(self._token)
        tries = Tries(self._retries, call.is_repeatable)
        while True:
            response, failure = await self._try(call, headers)
            pause_s = tries.pause_s(response)
            if pause_s is None:
                return settle(call, response, failure)
            await asyncio.sleep(pause_s)

    async def _try(
        self, call: Call, headers: dict[str, str]
    ) -> tuple[httpx.Response | None, httpx.TransportError | None]:
        try:
            response = await self._http.request(
                call.method,
                self._url + call.path,
                params=call.query,
                json=call.body,
                content=call.file,
                headers=headers,
                auth=self._auth,
                timeout=self._timeout_s,
            )
        except httpx.TransportError as failure:
            return None, failure
        return response, None
