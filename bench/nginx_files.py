"""nginx as a peer of the origin: serves a folder over TLS and HTTP/2, with one worker and our certificate."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.nchan import children_of
from tests.support.serving import free_port, is_open
from tests.support.waiting import until

_CONFIG = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
{user}
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 10000; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=100;
  types {{ application/vnd.apple.mpegurl m3u8; video/mp4 m4s mp4; }}
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl http2 backlog=4096;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.3;
    root {root};
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class FileServer:
    """A running one; `root` is what it serves."""

    url: str
    root: Path
    worker_pid: int


@asynccontextmanager
async def nginx_files(folder: Path, certificate: Path, key: Path) -> AsyncIterator[FileServer]:
    """Serve `folder`/root while the block runs."""
    root, port = folder / "root", free_port()
    root.mkdir(parents=True)
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # its worker would be nobody, who may not enter the folder
    text = _CONFIG.format(folder=folder, port=port, root=root, certificate=certificate, key=key, user=user)
    config.write_text(text)
    process = await asyncio.create_subprocess_exec("nginx", "-c", str(config))
    try:
        await until(lambda: is_open("127.0.0.1", port), what="nginx")
        [worker] = await until(lambda: children_of(process.pid), what="nginx's worker")
        yield FileServer(f"https://localhost:{port}", root, worker)
    finally:
        process.terminate()
        await process.wait()
