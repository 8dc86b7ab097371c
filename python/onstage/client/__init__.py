"""The server API from Python, async and sync: `AsyncOnstage`, `Onstage`, tokens without a call, webhooks checked.

Imports nothing of the server, and needs httpx, pydantic, pyjwt and standardwebhooks alone.
"""

from onstage.client.aio import AsyncOnstage
from onstage.client.errors import ApiError, ConnectionFailedError, OnstageClientError
from onstage.client.retry import Retries
from onstage.client.sync import Onstage
from onstage.client.tokens import ProjectKey
from onstage.client.webhooks import WebhookEvent, WebhookInvalidError, verify_webhook

__all__ = [
    "ApiError",
    "AsyncOnstage",
    "ConnectionFailedError",
    "Onstage",
    "OnstageClientError",
    "ProjectKey",
    "Retries",
    "WebhookEvent",
    "WebhookInvalidError",
    "verify_webhook",
]
