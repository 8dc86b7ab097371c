"""The ready-made pages: one bundle, whose script decides by the path which page it is; and one for unknown paths."""

from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGES = Path(__file__).parent.parent / "pages"
_PATHS = ("/", "/studio", "/studio/{code}", "/watch", "/watch/{code}")
_HEADERS = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    # Names, chat and metadata are other people's strings: no inline script ever runs (invariant 10).
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob: https: http:; media-src 'self' blob: https: http:; "
        "connect-src 'self' https: http: wss: ws:; frame-ancestors 'self'; base-uri 'none'"
    ),
}


class _HashedFiles(StaticFiles):
    """Files whose name changes with their content."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


class _ForPeople(Route):
    """A route for those who came with a browser. It passes by programs, and what is the API's own."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether this is somebody who wants to read what is at a path."""
        is_visit = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if is_visit and not _is_of_api(scope["path"]) and _prefers_html(Headers(scope=scope).get("accept", "")):
            return super().matches(scope)
        return Match.NONE, {}


def page_routes(folder: Path = PAGES) -> list[BaseRoute]:
    """Routes of the pages that were built into `folder`. The last takes any path, so they come after all others."""

    async def page(_request: Request) -> Response:
        return _page_in(folder / "index.html", 200)

    async def not_found(_request: Request) -> Response:
        return _page_in(folder / "not-found.html", 404)

    assets = Mount("/assets", _HashedFiles(directory=folder / "assets", check_dir=False))
    return [*(Route(path, page) for path in _PATHS), assets, _ForPeople("/{path:path}", not_found)]


def _page_in(file: Path, status: int) -> Response:
    if not file.is_file():
        return PlainTextResponse("The pages have not been built: run `make pages`.", 503)
    return FileResponse(file, status, headers=_HEADERS)


def _is_of_api(path: str) -> bool:
    return path == "/v1" or path.startswith("/v1/")


def _prefers_html(accept: str) -> bool:
    """Whether `text/html` is asked for by its name, and more than JSON is (RFC 9110 §12.5.1)."""
    weights = dict(_weighted(one) for one in accept.lower().split(","))
    json = max(weights.get("application/json", 0.0), weights.get("application/problem+json", 0.0))
    return weights.get("text/html", 0.0) > json


def _weighted(accepted: str) -> tuple[str, float]:
    """A media type and its weight; one that can't be read counts as nothing."""
    media_type, *parameters = (part.strip() for part in accepted.split(";"))
    weight = next((value for name, _, value in (one.partition("=") for one in parameters) if name == "q"), "1")
    try:
        return media_type, float(weight)
    except ValueError:
        return media_type, 0.0
