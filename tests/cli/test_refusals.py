"""What can't be used is said in one line that names the setting, and nothing is left behind."""

import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from onstage.cli import main
from onstage.config import unknown_settings
from tests.cli.running import Ended, finish, processes, start
from tests.support.serving import free_port


@dataclass(frozen=True, slots=True)
class Mistake:
    """A start that must fail, and what its line must name."""

    names: str
    arguments: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[Path], None] = lambda _folder: None


def _file_for_a_folder(folder: Path) -> None:
    (folder / "file").touch()


def _no_certificate(folder: Path) -> None:
    for name in ("cert.pem", "key.pem"):
        (folder / name).write_text("no certificate")


def _broken_toml(folder: Path) -> None:
    (folder / "onstage.toml").write_text("port = =")


def _misspelt_toml(folder: Path) -> None:
    (folder / "onstage.toml").write_text("prot = 8080")


def _another_lives_there(folder: Path) -> None:
    (folder / "data").mkdir()
    fcntl.flock(os.open(folder / "data" / "lock", os.O_CREAT | os.O_WRONLY), fcntl.LOCK_EX)  # until the tests end


CERTIFICATE = ("--tls-cert", "cert.pem", "--tls-key", "key.pem")
STARTS = {
    "a data folder that can't be made": Mistake("data_dir", ("--data-dir", "file/data"), prepare=_file_for_a_folder),
    "a data folder where none can be": Mistake("--data-dir or ONSTAGE_DATA_DIR", ("--data-dir", "/proc/x")),
    "a short secret": Mistake("secret", settings={"SECRET": "short"}),
    "a port that is no number": Mistake("port", ("--port", "abc")),
    "a certificate without its key": Mistake("tls_cert", ("--tls-cert", "cert.pem")),
    "a file that is no certificate": Mistake("tls_cert", CERTIFICATE, prepare=_no_certificate),
    "a database in no folder": Mistake(
        "database_url", settings={"DATABASE_URL": "sqlite+aiosqlite:////no/folder/x.db"}
    ),
    "a PostgreSQL that is not there": Mistake(
        "database_url", settings={"DATABASE_URL": "postgresql://user:hush@127.0.0.1:9/x"}
    ),
    "a Redis of no known kind": Mistake("redis_url", settings={"REDIS_URL": "http://127.0.0.1:9"}),
    "a data folder in which another server lives": Mistake("data_dir", prepare=_another_lives_there),
    "a database of no known kind": Mistake("database_url", settings={"DATABASE_URL": "nosuch://user:hush@host/x"}),
    "production without a secret": Mistake("ONSTAGE_SECRET", settings={"ENVIRONMENT": "production"}),
    "no livekit-server at that path": Mistake("/no/server", settings={"LIVEKIT_SERVER_PATH": "/no/server"}),
}
_LONG = "a secret of thirty-two bytes or more"
_PRODUCTION = {"ENVIRONMENT": "production", "SECRET": _LONG}
_ENGINE = {"LIVEKIT_URL": "ws://engine.test", "LIVEKIT_API_KEY": "devkey"}
COMMAND_LINES = {
    "production with a filler for a secret": Mistake(
        "too simple", settings={"ENVIRONMENT": "production", "SECRET": "0" * 64}
    ),
    "a short admin secret": Mistake("admin_secret", settings={"ADMIN_SECRET": "short"}),
    "a short metrics secret": Mistake("metrics_secret", settings={"METRICS_SECRET": "short"}),
    "a short secret of before": Mistake("previous_secrets", settings={"PREVIOUS_SECRETS": f"{_LONG},short"}),
    "production with one secret for two things": Mistake(
        "admin_secret", settings=_PRODUCTION | {"ADMIN_SECRET": _LONG}
    ),
    "production with a simple admin secret": Mistake(
        "admin_secret", settings=_PRODUCTION | {"ADMIN_SECRET": "ab" * 32}
    ),
    "production with the engine's example secret": Mistake(
        "livekit_api_secret", settings=_PRODUCTION | _ENGINE | {"LIVEKIT_API_SECRET": "secret"}
    ),
    "a rate that is none": Mistake("rate_limit_project", settings={"RATE_LIMIT_PROJECT": "many"}),
    "a rate that allows nothing": Mistake("rate_limit_address", settings={"RATE_LIMIT_ADDRESS": "0/minute"}),
    "a public URL that is none": Mistake("public_url: it is no http(s) URL", settings={"PUBLIC_URL": "foo"}),
    "a public URL without a host": Mistake("public_url", settings={"PUBLIC_URL": "https://"}),
    "an internal URL of another kind": Mistake("internal_url", settings={"INTERNAL_URL": "ftp://10.0.0.1"}),
    "a gateway URL that is for pages": Mistake("gateway_url", settings={"GATEWAY_URL": "https://live.example.com"}),
    "a database of another kind": Mistake(
        "give postgresql://", settings={"DATABASE_URL": "mysql://user:hush@127.0.0.1/x"}
    ),
    "a proxy that is no network": Mistake("trusted_proxies", settings={"TRUSTED_PROXIES": "10.0.0.0/8, proxy"}),
    "a port that is no number, in the environment": Mistake("port", settings={"PORT": "abc"}),
    "a port beyond all ports": Mistake("port", ("--port", "65536")),
    "a log level that is none": Mistake("log_level", settings={"LOG_LEVEL": "loud"}),
    "no address for media": Mistake("media_ip", ("--media-ip", "nowhere")),
    "an environment that is not there": Mistake("environment", settings={"ENVIRONMENT": "prod"}),
    "an outside engine without its key": Mistake("livekit_api_key", settings={"LIVEKIT_URL": "ws://engine.test"}),
    "several servers, each with an engine of its own": Mistake(
        "ONSTAGE_LIVEKIT_URL", settings={"REDIS_URL": "redis://127.0.0.1:9"}
    ),
    "a settings file that is no TOML": Mistake("onstage.toml", prepare=_broken_toml),
    "a setting that is not there": Mistake("prot", prepare=_misspelt_toml),
    "a flag that is not there": Mistake("--nosuch", ("--nosuch",)),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Path, Ended]]]:
    """All of them, started side by side: most of their time is Python's own start."""
    folders = {name: tmp_path_factory.mktemp("refusal") for name in STARTS}
    running = {}
    with ExitStack() as stack:
        for name, mistake in STARTS.items():
            mistake.prepare(folders[name])
            settings: dict[str, Any] = {"PORT": free_port()} | mistake.settings
            running[name] = start(folders[name], "serve", *mistake.arguments, **settings)
            stack.callback(running[name].kill)
        yield {name: (folders[name], finish(process)) for name, process in running.items()}


@pytest.mark.parametrize("name", STARTS)
def test_a_mistake_is_one_line_that_names_it(name: str, outcomes: dict[str, tuple[Path, Ended]]) -> None:
    folder, ended = outcomes[name]
    assert ended.code in (1, 2)
    _is_one_line(ended.err, STARTS[name].names)
    assert ended.out == ""
    assert processes(folder) == {}


def _is_one_line(text: str, names: str) -> None:
    [line] = text.splitlines()
    assert line.startswith("onstage: ")
    assert names in line
    assert "hush" not in line


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_a_mistake_of_the_command_line_is_one_line_too(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mistake = COMMAND_LINES[name]
    mistake.prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    for setting, value in mistake.settings.items():
        monkeypatch.setenv(f"ONSTAGE_{setting}", value)
    monkeypatch.setattr("sys.argv", ["onstage", "serve", *mistake.arguments])
    with pytest.raises(SystemExit) as exited:
        main()
    assert exited.value.code in (1, 2)
    said = capsys.readouterr()
    assert said.out == ""
    _is_one_line(said.err, mistake.names)


@pytest.mark.parametrize(
    ("setting", "kind", "names"),
    [
        ("PORT", socket.SOCK_STREAM, "port"),
        ("LIVEKIT_PORT", socket.SOCK_STREAM, "ONSTAGE_LIVEKIT_PORT"),
        ("MEDIA_UDP_PORT", socket.SOCK_DGRAM, "ONSTAGE_MEDIA_UDP_PORT"),
    ],
)
def test_a_port_that_is_taken_is_named(tmp_path: Path, setting: str, kind: socket.SocketKind, names: str) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        ended = finish(start(tmp_path, "serve", **{"PORT": free_port()} | {setting: port}))
    assert ended.code == 1
    _is_one_line(ended.err, names)
    assert str(port) in ended.err
    assert processes(tmp_path) == {}


def test_a_setting_that_is_not_there_is_told_apart_from_one_that_is() -> None:
    environment = ["ONSTAGE_PUBLICURL", "ONSTAGE_PORT", "ONSTAGE_ZZZZZZZZ", "PATH", "onstage_host"]
    assert unknown_settings(environment) == {"ONSTAGE_PUBLICURL": "ONSTAGE_PUBLIC_URL", "ONSTAGE_ZZZZZZZZ": None}


def test_a_server_warns_of_a_setting_that_is_not_there(tmp_path: Path) -> None:
    ended = finish(start(tmp_path, "serve", PUBLICURL="https://x.example", LIVEKIT_SERVER_PATH="/no/server"))
    [warning] = [line for line in (ended.out + ended.err).splitlines() if "ONSTAGE_PUBLICURL" in line]
    assert "ONSTAGE_PUBLIC_URL" in warning
