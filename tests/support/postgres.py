"""A PostgreSQL server of the tests' own: Debian's programs, a folder in memory, no disk to wait for."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_OWNER = "onstage"
_PREFIX = "onstage-postgres-"
_STARTS_WITHIN_S = 30.0
_POLL_S = 0.02
# Other rules of order than SQLite's, so that whoever forgets it is found out.
_INITDB = ("-U", _OWNER, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
_OTHER_ORDER = ("--locale-provider=icu", "--icu-locale=en")
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "deadlock_timeout=50ms")


def _program(name: str) -> str:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(newest[-1]) if newest else shutil.which(name)
    assert found, "PostgreSQL is missing: `make setup-dev` installs it"
    return found


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to be run by root; Debian's package brings a user for it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _sweep(parent: Path) -> None:
    """Delete what tests left behind that were killed."""
    for folder in parent.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


class PostgresServer:
    """One server behind a Unix socket; it can be stopped, killed and started again on the same data."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        parent = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
        _sweep(parent)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
        self._user = _unprivileged()
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._run(_program("initdb"), "-D", str(self._data), *_INITDB, *_OTHER_ORDER)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{_OWNER}@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start, and return when it answers."""
        settings = ("listen_addresses=", f"unix_socket_directories={self.folder}", "max_connections=300", *_FAST)
        flags = [part for setting in settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._as_user(), _program("postgres"), "-D", str(self._data), *flags], stdout=log, stderr=log
            )
        ends_at = time.monotonic() + _STARTS_WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < ends_at, "PostgreSQL does not answer"
            time.sleep(_POLL_S)

    def _answers(self) -> bool:
        asked = subprocess.run([_program("pg_isready"), "-q", "-h", str(self.folder)], check=False)
        return asked.returncode == 0

    def stop(self) -> None:
        """As an operator does: everybody is cut off."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """As a power cut does, but for what was written."""
        self._end(signal.SIGQUIT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(_STARTS_WITHIN_S)
            self._process = None

    def sql(self, *statements: str, database: str = "postgres") -> str:
        """Run statements as the owner, each by itself; what the last one gave."""
        commands = [part for statement in statements for part in ("-c", statement)]
        return self._run(
            _program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *commands, self.url(database)
        )

    def _run(self, *argv: str) -> str:
        done = subprocess.run([*self._as_user(), *argv], check=False, capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _as_user(self) -> list[str]:
        """It dies with us, whatever kills us."""
        prefix = ["setpriv", "--pdeathsig", "INT"]
        if self._user is None:
            return prefix
        return [*prefix, f"--reuid={self._user.pw_uid}", f"--regid={self._user.pw_gid}", "--clear-groups"]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.folder)
