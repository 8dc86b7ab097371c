"""protocol/openapi.json: the REST API, as FastAPI describes it."""

from onstage.api.application import build_api
from tools.generators.schemas import as_text


def document() -> str:
    """The document's text."""
    return as_text(build_api(None, public_url=None, routes=[]).openapi())
