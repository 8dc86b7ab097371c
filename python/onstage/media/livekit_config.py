"""The configuration of our own livekit-server: keys, ports and the addresses it offers. Kept in a folder of ours."""

import ipaddress
import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from onstage.errors import StartError

LOOPBACK = "127.0.0.1"

# Clients are handed a STUN server in any case, and public ones unless we name one. Nothing listens here: host
# candidates and, behind NAT, ONSTAGE_MEDIA_IP are what connects.
_NO_STUN = f"{LOOPBACK}:3478"


@dataclass(frozen=True, slots=True)
class LiveKitServerOptions:
    """How to run it."""

    program: Path
    folder: Path  # ours alone: configuration and keys
    webhook_url: str  # gets what happens
    http_port: int = 7880  # on loopback
    tcp_port: int = 7881
    udp_port: int = 7882
    media_ip: str | None = None  # the address clients reach this machine at; None: all its own


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The pair that signs tokens, calls and webhooks."""

    key: str
    secret: str

    def __repr__(self) -> str:
        return f"ApiKey(key={self.key!r}, secret=…)"


def kept_key(folder: Path) -> ApiKey:
    """The key pair of an earlier run, so that clients' tokens outlive a restart; or a new one.

    Raises:
        StartError: The file is there, and is not ours.
    """
    path = folder / "livekit-key.json"
    try:
        return ApiKey(**json.loads(path.read_text()))
    except FileNotFoundError:
        pair = ApiKey(f"onstage{secrets.token_hex(6)}", secrets.token_urlsafe(48))
    except (ValueError, TypeError) as cause:
        raise StartError(f"{path} is not a key file of ours: move it away.") from cause
    _write_private(path, json.dumps(asdict(pair)))
    return pair


def write_config(options: LiveKitServerOptions, pair: ApiKey) -> Path:
    """Write the configuration file. Gives its path."""
    path = options.folder / "livekit.yaml"
    _write_private(path, json.dumps(_config(options, pair), indent=2))  # JSON is YAML
    return path


def _config(options: LiveKitServerOptions, pair: ApiKey) -> dict[str, Any]:
    return {
        "port": options.http_port,
        "bind_addresses": [LOOPBACK],
        "rtc": _rtc_config(options),
        "keys": {pair.key: pair.secret},
        "webhook": {"api_key": pair.key, "urls": [options.webhook_url]},
        "room": {"empty_timeout": 60, "departure_timeout": 20},
        "logging": {"json": True, "level": "warn"},
    }


def _rtc_config(options: LiveKitServerOptions) -> dict[str, Any]:
    """Ports, and which addresses the engine offers to clients.

    Full ICE, not lite: the engine also sends checks to its clients, so those on this machine connect even when the
    public address in front of it cannot be reached from here.
    """
    return {
        "udp_port": options.udp_port,
        "tcp_port": options.tcp_port,
        "use_external_ip": False,
        "enable_loopback_candidate": True,
        "stun_servers": [_NO_STUN],
        **_addresses(options.media_ip),
    }


def _addresses(media_ip: str | None) -> dict[str, Any]:
    """Settings by the address clients reach this machine at.

    None: all the machine's own are offered, so a browser here and one on the same network both find it. One of its
    own: that and loopback. Any other is taken for a public one in front of NAT: offered in place of the address that
    the default route leaves from, whose packets come back there.
    """
    if media_ip is None:
        return {}
    if _is_our_own(media_ip):
        return {"ips": {"includes": [_network(media_ip), "127.0.0.0/8"]}}
    primary = _primary_ip(media_ip)
    return {"node_ip": media_ip} | ({"ips": {"includes": [_network(primary)]}} if primary is not None else {})


def _network(address: str) -> str:
    return str(ipaddress.ip_network(address))


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET


def _is_our_own(address: str) -> bool:
    with socket.socket(_family(address), socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
        return True


def _primary_ip(towards: str) -> str | None:
    """The address from which packets leave for there; None when there is no route. Nothing is sent."""
    with socket.socket(_family(towards), socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((towards, 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def _write_private(path: Path, text: str) -> None:
    """Replace `path`, readable by us only from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)
