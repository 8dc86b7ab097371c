"""A real RTMP server of the tests' own: nginx with its RTMP module, which records what it takes as FLV."""

import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.serving import free_port

_HOST = "127.0.0.1"
_STARTS_WITHIN_S = 20.0
_POLL_S = 0.02
_CONFIG = """
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 64; }}
rtmp {{
    access_log off;
    server {{
        listen {host}:{rtmp};
        chunk_size 4000;
        application live {{
            live on;
            record all;
            record_path {folder}/recorded;
            record_unique on;
        }}
        application guarded {{
            live on;
            notify_method get;
            on_publish http://{host}:{http}/auth;
        }}
    }}
}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {host}:{http};
        location /auth {{ if ($arg_name != "the-right-key") {{ return 403; }} return 200; }}
    }}
}}
{stream}
"""
_TLS = """
stream {{
    server {{
        listen {host}:{tls} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        proxy_pass {host}:{rtmp};
    }}
}}
"""


class RtmpServer:
    """One server on loopback. What it recorded outlives `stop`, and its ports stay the same.

    Application `live` records what it takes; `guarded` takes only the stream of the right key.
    """

    right_key = "the-right-key"

    def __init__(self, folder: Path) -> None:
        """`folder` is made, and holds everything."""
        self.folder = folder
        self.port, self.tls_port, self.http_port = free_port(), free_port(), free_port()
        (folder / "recorded").mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"rtmp://{_HOST}:{self.port}"

    def start(self, *, with_tls: bool = False) -> None:
        """Start, and return when it listens; with TLS as well, if there are `server.pem` and `server.key`."""
        names = {"folder": self.folder, "host": _HOST, "rtmp": self.port, "http": self.http_port, "tls": self.tls_port}
        stream = _TLS.format(**names) if with_tls else ""
        config = self.folder / "nginx.conf"
        text = _CONFIG.format(stream=stream, **names)
        if with_tls:
            text = "load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n" + text
        config.write_text(text)
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "nginx", "-p", str(self.folder), "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "stderr.log").open("wb"),
        )
        ends_at = time.monotonic() + _STARTS_WITHIN_S
        for port in (self.port, self.tls_port) if with_tls else (self.port,):
            while not _listens(port):
                why = (self.folder / "stderr.log").read_text()
                assert time.monotonic() < ends_at, f"nginx does not listen: {why}"
                time.sleep(_POLL_S)

    def stop(self) -> None:
        """End it at once, whoever is connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it read and answer nothing, without ending it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def recordings(self) -> list[Path]:
        """What was recorded, oldest first."""
        return sorted((self.folder / "recorded").glob("*.flv"), key=lambda file: file.stat().st_mtime_ns)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((_HOST, port)) == 0
