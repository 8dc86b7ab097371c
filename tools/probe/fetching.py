"""HTTP as the probe sees it: when bytes came, how they were encoded, and the header rules for every answer."""

import asyncio
import gzip
import re
import zlib
from dataclasses import dataclass, field
from enum import Enum, auto

import httpx

from tools.probe.ledger import Ledger

_PLAYLIST_TYPES = {"application/vnd.apple.mpegurl", "audio/mpegurl", "application/x-mpegurl"}
_MEDIA_TYPES = {"video/mp4", "audio/mp4", "video/iso.segment", "application/mp4", "text/vtt"}
REQUEST_TIMEOUT_S = 60.0


class Kind(Enum):
    """What a request is for; the header rules depend on it."""

    MULTIVARIANT = auto()
    PLAIN_PLAYLIST = auto()
    BLOCKING_PLAYLIST = auto()
    MEDIA = auto()

    @property
    def is_playlist(self) -> bool:
        """Whether the body is text."""
        return self is not Kind.MEDIA


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. Times are those of the event loop; `body` is decoded."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes = field(repr=False)
    asked_at: float = 0.0
    first_byte_at: float = 0.0
    done_at: float = 0.0
    http_version: str = "HTTP/1.1"

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def waited_s(self) -> float:
        """From request to first byte."""
        return self.first_byte_at - self.asked_at


class Fetcher:
    """Asks, times, and checks the headers of everything that comes back."""

    def __init__(self, client: httpx.AsyncClient, ledger: Ledger) -> None:
        self._client = client
        self._ledger = ledger
        self.target_duration_s = 0

    async def get(self, url: str, kind: Kind, *, accept_encoding: str = "gzip") -> Answer:
        """GET `url` and check the answer's headers.

        Raises:
            httpx.HTTPError: no answer.
        """
        answer = await self._fetch(url, accept_encoding)
        self._check(answer, kind, wants_gzip="gzip" in accept_encoding)
        return answer

    async def head(self, url: str) -> httpx.Response:
        """HEAD `url`."""
        return await self._client.head(url, headers={"Accept-Encoding": "identity"})

    async def _fetch(self, url: str, accept_encoding: str) -> Answer:
        clock = asyncio.get_running_loop().time
        asked_at, first_byte_at = clock(), None
        headers = {"Accept-Encoding": accept_encoding, "Origin": "https://player.example"}
        chunks: list[bytes] = []
        async with self._client.stream("GET", url, headers=headers) as response:
            async for chunk in response.aiter_raw():
                first_byte_at = first_byte_at or clock()
                chunks.append(chunk)
        done_at = clock()
        return Answer(
            url,
            response.status_code,
            response.headers,
            _decoded(b"".join(chunks), response.headers.get("content-encoding", "")),
            asked_at,
            first_byte_at or done_at,
            done_at,
            response.http_version,
        )

    def _check(self, answer: Answer, kind: Kind, *, wants_gzip: bool) -> None:
        headers, check = answer.headers, self._ledger.check
        where = f"{answer.status} {answer.url}"
        check("http.no-redirect", not 300 <= answer.status < 400, where)
        check("http.cors", headers.get("access-control-allow-origin") in {"*", "https://player.example"}, where)
        check("http.date", "date" in headers, where)
        if answer.url.startswith("https:"):
            check("http.h2", answer.http_version == "HTTP/2", f"{answer.http_version} {where}")
        self._check_caching(answer, kind)
        if answer.status == 200:
            self._check_content(answer, kind, wants_gzip=wants_gzip)

    def _check_content(self, answer: Answer, kind: Kind, *, wants_gzip: bool) -> None:
        headers, check = answer.headers, self._ledger.check
        kept = f"{dict(headers)} {answer.url}"
        types = _PLAYLIST_TYPES if kind.is_playlist else _MEDIA_TYPES
        check("http.type", headers.get("content-type", "").split(";")[0].strip().lower() in types, kept)
        exposed = {name.strip().lower() for name in headers.get("access-control-expose-headers", "").split(",")}
        if kind.is_playlist:
            check("http.expose", {"age", "date"} <= exposed or "*" in exposed, kept)
            is_gzip = headers.get("content-encoding") == "gzip"
            rule = "http.gzip" if wants_gzip else "http.identity"
            check(rule, is_gzip is wants_gzip, kept)

    def _check_caching(self, answer: Answer, kind: Kind) -> None:
        """Errors of unknown age limits are judged by a target duration of ten seconds before one is known."""
        value = answer.headers.get("cache-control", "")
        age = _max_age(value)
        is_public = not re.search(r"no-store|no-cache|private", value)
        evidence = f"{answer.status} {value!r} {answer.url}"
        target_s = self.target_duration_s or 10
        if answer.status >= 400:
            limit_s = (4 if kind is Kind.BLOCKING_PLAYLIST else 1) * target_s
            self._ledger.check("http.error-cache", age is None or age <= limit_s, evidence)
        elif kind is Kind.PLAIN_PLAYLIST:
            self._ledger.check("http.plain-cache", age is not None and age <= target_s, evidence)
        elif kind is Kind.BLOCKING_PLAYLIST:
            fits = is_public and age is not None and 1 <= age <= 6 * target_s
            self._ledger.check("http.blocking-cache", fits, evidence)
        elif kind is Kind.MEDIA:
            self._ledger.check("http.media-cache", is_public and (age or 0) >= 6 * target_s, evidence)


def _max_age(value: str) -> int | None:
    found = re.search(r"(?:^|[ ,])max-age=(\d+)", value)
    return int(found[1]) if found else None


def _decoded(raw: bytes, encoding: str) -> bytes:
    if encoding != "gzip":
        return raw
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error):
        return raw
