"""nginx with its nchan module, Debian's `libnginx-mod-nchan`: publish and subscribe over WebSocket, as a peer."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.serving import free_port, is_open
from tests.support.waiting import until

_MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
_CONFIG = """
load_module {module};
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
{user}
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 19000; }}
http {{
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  nchan_shared_memory_size 128M;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = /sub {{ nchan_subscriber websocket; nchan_channel_id bench; nchan_subscriber_first_message newest; }}
    location = /pub {{ nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 50; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Nchan:
    """A running one."""

    url: str
    publish_url: str
    worker_pid: int


def is_installed() -> bool:
    """Whether Debian's module is there."""
    return _MODULE.exists()


@asynccontextmanager
async def nchan(cpu: int) -> AsyncIterator[Nchan]:
    """Start it with its one worker on that processor."""
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        config = _configured(Path(name), port)
        process = await asyncio.create_subprocess_exec("taskset", "-c", str(cpu), "nginx", "-c", str(config))
        try:
            await until(lambda: is_open("127.0.0.1", port), what="nginx")
            [worker] = await until(lambda: children_of(process.pid), what="nginx's worker")
            base = f"//127.0.0.1:{port}"
            yield Nchan(f"ws:{base}/sub", f"http:{base}/pub", worker)
        finally:
            process.terminate()
            await process.wait()


def _configured(folder: Path, port: int) -> Path:
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # its worker would be nobody, who may not enter the folder
    config.write_text(_CONFIG.format(module=_MODULE, folder=folder, port=port, user=user))
    return config


def children_of(pid: int) -> list[int]:
    """The processes it started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
