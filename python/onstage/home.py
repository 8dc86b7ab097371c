"""The data folder: made, held by one server at a time, and what was generated into it."""

import contextlib
import fcntl
import os
import secrets
import tempfile
from pathlib import Path
from typing import TextIO

from onstage.config import Settings
from onstage.errors import StartError
from onstage.model.ids import Prefix, new_id
from onstage.sealing import Keyring

_SECRET_BYTES = 32


def prepare_data_dir(folder: Path) -> None:
    """Make the data folder.

    Raises:
        StartError: it can't be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # links and hashes are nobody else's business
    except OSError as cause:
        raise StartError(
            f"data_dir: the folder {folder} can't be made ({cause.strerror}): give one where you may write, with "
            "--data-dir or ONSTAGE_DATA_DIR."
        ) from cause
    try:
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as cause:
        raise StartError(f"data_dir: {folder} can't be written ({cause.strerror}).") from cause


def keyring(settings: Settings) -> Keyring:
    """The server's secrets: the configured one, else one generated into the data folder; and those of before.

    Raises:
        StartError: the generated one has been tampered with.
    """
    current = _generated_secret(settings) if settings.secret is None else settings.secret.encode()
    return Keyring(current, tuple(one.encode() for one in settings.previous_secret_list))


def _generated_secret(settings: Settings) -> bytes:
    path = settings.data_dir / "secret"
    if not path.exists():
        _write_once(path, secrets.token_hex(_SECRET_BYTES))
    secret = path.read_bytes()
    if len(secret) < _SECRET_BYTES:
        raise StartError(f"{path} is too short to sign tokens: delete it to have a new one made.")
    return secret


def server_id(settings: Settings) -> str:
    """Which server this is, also after a restart: it goes on with what it did, from the same folder."""
    path = settings.data_dir / "server_id"
    if not path.exists():
        _write_once(path, new_id(Prefix.SERVER))
    return path.read_text()


class Home:
    """The data folder, of which one server can live at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._held: TextIO | None = None

    async def take(self) -> None:
        """Move in.

        Raises:
            StartError: another server lives there.
        """
        self._held = self._path.open("w")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            raise StartError(f"data_dir: {self._path.parent} is in use by another server.") from cause

    async def leave(self) -> None:
        """Move out."""
        if self._held is not None:
            self._held.close()


def _write_once(path: Path, text: str) -> None:
    """Make the file whole, for its owner alone; of two that start at once, one writes it and both read it."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # 0600 by default
        file.write(text)
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
