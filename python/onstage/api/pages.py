"""The ready-made pages: one bundle, whose script decides by the path which page it is."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

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
        "img-src 'self' data: blob:; media-src 'self' blob: https: http:; "
        "connect-src 'self' https: http: wss: ws:; frame-ancestors 'self'; base-uri 'none'"
    ),
}


class _HashedFiles(StaticFiles):
    """Files whose name changes with their content."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def page_routes(folder: Path = PAGES) -> list[BaseRoute]:
    """Routes of the pages that were built into `folder`."""

    async def page(_request: Request) -> Response:
        index = folder / "index.html"
        if not index.is_file():
            return PlainTextResponse("The pages have not been built: run `make pages`.", 503)
        return FileResponse(index, headers=_HEADERS)

    assets = Mount("/assets", _HashedFiles(directory=folder / "assets", check_dir=False))
    return [*(Route(path, page) for path in _PATHS), assets]
