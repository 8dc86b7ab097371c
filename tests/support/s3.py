"""A real S3 server of the tests' own, s3s-fs, with one bucket in a folder; it can be stopped, frozen, started again."""

import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from obstore.store import S3Store

from tests.support.serving import free_port

PROGRAM = Path(__file__).parents[2] / ".tools" / "bin" / "s3s-fs"
_HOST = "127.0.0.1"
_STARTS_WITHIN_S = 20.0
_POLL_S = 0.02


class S3Server:
    """One server on loopback. Its data outlive `stop`, its port stays the same, and `environment` leads there."""

    bucket = "onstage"
    access_key = "the-access-key"
    secret_key = "the-secret-key"

    def __init__(self, folder: Path) -> None:
        """`folder` is made, and holds the bucket."""
        self.folder = folder
        self.port = free_port()
        self.endpoint = f"http://{_HOST}:{self.port}"
        (folder / self.bucket).mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What S3 clients read from their environment to come here."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }

    def store(self, *, secret_key: str | None = None) -> S3Store:
        """The bucket, with the right key or another."""
        return S3Store(
            self.bucket,
            endpoint=self.endpoint,
            region="us-east-1",
            access_key_id=self.access_key,
            secret_access_key=secret_key or self.secret_key,
            client_options={"allow_http": True},
        )

    def start(self) -> None:
        """Start, and return when it listens."""
        keys = ("--access-key", self.access_key, "--secret-key", self.secret_key)
        self._process = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig", "KILL", str(PROGRAM)),
                *("--host", _HOST, "--port", str(self.port), *keys, str(self.folder)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends_at = time.monotonic() + _STARTS_WITHIN_S
        while not self._listens():
            assert self._process.poll() is None, "s3s-fs ended: `make setup-test` builds it"
            assert time.monotonic() < ends_at, "s3s-fs does not listen"
            time.sleep(_POLL_S)

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection((_HOST, self.port), timeout=1):
            return True
        return False

    def stop(self) -> None:
        """Connections are refused from now on; what is stored stays."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(_STARTS_WITHIN_S)
            self._process = None

    def freeze(self) -> None:
        """It takes connections, and says nothing any more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
