"""The server's secret, and what hangs on it: tokens it signed, and secrets it keeps sealed at rest.

A secret is changed by giving the new one and naming the old one as a previous one: what the old one signed or
sealed stays good, what is new is made with the new one. Once everything is sealed anew and the last old token has
expired, the old one can be left out.
"""

import base64
from dataclasses import dataclass
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SEALING = b"onstage: secrets sealed at rest"
_PLAYBACK = b"onstage: playback tokens"
_DOWNLOADS = b"onstage: downloads"
_KEY_BYTES = 32


class SealedWithUnknownSecretError(Exception):
    """What is sealed can't be read: none of the server's secrets sealed it."""


def _derived(secret: bytes, purpose: bytes) -> bytes:
    """A key of a server secret for one purpose, from which neither the secret nor another key follows (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(secret)


def _fernet(secret: bytes) -> Fernet:
    """The sealing key of a server secret, which is not the one that signs."""
    return Fernet(base64.urlsafe_b64encode(_derived(secret, _SEALING)))


@dataclass(frozen=True)
class Keyring:
    """The server's secret, and those it had before."""

    current: bytes
    previous: tuple[bytes, ...] = ()

    @property
    def signing_keys(self) -> tuple[bytes, ...]:
        """What a token of ours may be signed with, the one that signs first."""
        return (self.current, *self.previous)

    @cached_property
    def playback_keys(self) -> tuple[bytes, ...]:
        """What a playback token may be signed with, the one that signs first.

        They open nothing else, so that a cache in front may be given one.
        """
        return tuple(_derived(secret, _PLAYBACK) for secret in self.signing_keys)

    @cached_property
    def download_keys(self) -> tuple[bytes, ...]:
        """What the URL of a download may be signed with, the one that signs first."""
        return tuple(_derived(secret, _DOWNLOADS) for secret in self.signing_keys)

    @cached_property
    def _sealer(self) -> MultiFernet:
        return MultiFernet([_fernet(secret) for secret in self.signing_keys])

    def seal(self, text: str) -> str:
        """`text`, unreadable without the server's secret."""
        return self._sealer.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """What was sealed, with this secret or a previous one.

        Raises:
            SealedWithUnknownSecretError: with none of them.
        """
        try:
            return self._sealer.decrypt(sealed.encode()).decode()
        except InvalidToken as cause:
            raise SealedWithUnknownSecretError from cause

    def seal_anew(self, sealed: str) -> str | None:
        """The same, sealed with the current secret; None when it is already.

        Raises:
            SealedWithUnknownSecretError: none of the secrets sealed it.
        """
        try:
            _fernet(self.current).decrypt(sealed.encode())
        except InvalidToken:
            return self.seal(self.unseal(sealed))
        return None
