"""Where objects are: a folder, S3, Google's or Azure's storage, as the operator's URL says."""

import os
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from onstage.errors import StartError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

ANSWER_S = 15.0
UPLOAD_S = 120.0
"""For one part of an upload, 5 MB, of which `UPLOADED_AT_ONCE` share the line: 1.4 Mbit/s are enough."""
UPLOADED_AT_ONCE = 4
_AS_LONG_AS_IT_TAKES = timedelta(days=7)
_ALLOW_HTTP = ("AWS_ALLOW_HTTP", "GOOGLE_ALLOW_HTTP", "AZURE_ALLOW_HTTP")
RETRY: "RetryConfig" = {"max_retries": 1, "retry_timeout": timedelta(seconds=5)}
"""Few and short: what waits for storage has its own queue, and a viewer who waits for a segment has little patience."""
_UPLOAD_RETRY: "RetryConfig" = {"max_retries": 5, "retry_timeout": timedelta(minutes=5)}
"""An upload of gigabytes has thousands of parts, and begins anew when one of them is refused."""


class Pace(Enum):
    """How long a request may take: the store's client counts its body too."""

    PROMPT = "prompt"
    """All of it within `ANSWER_S`: for what has the size of a segment."""
    DOWNLOAD = "download"
    """As long as something of it comes every `ANSWER_S`; time in which nobody reads doesn't count."""
    UPLOAD = "upload"
    """Each part within `UPLOAD_S`."""


def is_folder(url: str) -> bool:
    """Whether a storage URL names a folder of this machine."""
    return "://" not in url or url.startswith("file://")


def folder_of(url: str) -> Path | None:
    """The folder that a storage URL names; None where it names none of this machine."""
    if not is_folder(url):
        return None
    return Path(urlsplit(url).path if url.startswith("file://") else url).absolute()


def open_objects(url: str, area: str, pace: Pace = Pace.PROMPT) -> ObjectStore:
    """The store at `url`, below its folder `area`. Credentials come from the environment (`AWS_ACCESS_KEY_ID` …).

    Raises:
        StartError: the URL or the credentials can't be used.
    """
    folder = folder_of(url)
    if folder is not None:
        return LocalStore(prefix=folder / area, mkdir=True)
    try:
        retry = _UPLOAD_RETRY if pace is Pace.UPLOAD else RETRY
        return from_url(f"{url.rstrip('/')}/{area}", client_options=_client(pace), retry_config=retry)
    except (BaseError, ValueError) as cause:
        raise StartError(f"storage_url: {str(cause).splitlines()[0]}") from cause


def _client(pace: Pace) -> "ClientConfig":
    """Options that replace the environment's, so what the operator says there about HTTP is said again."""
    is_http_allowed = any(os.environ.get(name, "").lower() in ("1", "true") for name in _ALLOW_HTTP)
    options: ClientConfig = {"connect_timeout": timedelta(seconds=3), "allow_http": is_http_allowed}
    match pace:
        case Pace.PROMPT:
            return {**options, "timeout": timedelta(seconds=ANSWER_S)}
        case Pace.DOWNLOAD:
            return {**options, "timeout": _AS_LONG_AS_IT_TAKES, "read_timeout": timedelta(seconds=ANSWER_S)}
        case Pace.UPLOAD:
            return {**options, "timeout": timedelta(seconds=UPLOAD_S)}
