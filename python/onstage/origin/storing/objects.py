"""Where objects are: a folder, S3, Google's or Azure's storage, as the operator's URL says."""

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from onstage.errors import StartError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

_ALLOW_HTTP = ("AWS_ALLOW_HTTP", "GOOGLE_ALLOW_HTTP", "AZURE_ALLOW_HTTP")
_RETRY: "RetryConfig" = {"max_retries": 1, "retry_timeout": timedelta(seconds=5)}
"""Few and short: what waits for storage has its own queue, and a viewer who waits for a segment has little patience."""


def is_folder(url: str) -> bool:
    """Whether a storage URL names a folder of this machine."""
    return "://" not in url or url.startswith("file://")


def open_objects(url: str, area: str) -> ObjectStore:
    """The store at `url`, below its folder `area`. Credentials come from the environment (`AWS_ACCESS_KEY_ID` …).

    Raises:
        StartError: the URL or the credentials can't be used.
    """
    if is_folder(url):
        folder = Path(urlsplit(url).path if url.startswith("file://") else url)
        return LocalStore(prefix=folder.absolute() / area, mkdir=True)
    try:
        return from_url(f"{url.rstrip('/')}/{area}", client_options=_client(), retry_config=_RETRY)
    except (BaseError, ValueError) as cause:
        raise StartError(f"storage_url: {str(cause).splitlines()[0]}") from cause


def _client() -> "ClientConfig":
    """Options that replace the environment's, so what the operator says there about HTTP is said again."""
    is_http_allowed = any(os.environ.get(name, "").lower() in ("1", "true") for name in _ALLOW_HTTP)
    return {
        "timeout": timedelta(seconds=15),
        "connect_timeout": timedelta(seconds=3),
        "allow_http": is_http_allowed,
    }
