"""What is kept sealed: unreadable at rest, and good through a change of the server's secret."""

import base64

import pytest

from onstage.sealing import Keyring, SealedWithUnknownSecretError

OLD, NEW, OTHER = (f"a {name} secret of thirty-two bytes".encode() for name in ("first", "second", "foreign"))


def test_what_is_sealed_is_unreadable_and_comes_back() -> None:
    ring = Keyring(NEW)
    sealed = ring.seal("sk_1")
    assert "sk_1" not in sealed
    assert ring.unseal(sealed) == "sk_1"
    assert ring.seal("sk_1") != sealed, "two that are equal can't be told to be"


def test_the_key_that_seals_is_not_the_one_that_signs() -> None:
    """Whoever learns one has not got the other."""
    sealed = Keyring(NEW).seal("sk_1")
    with pytest.raises(SealedWithUnknownSecretError):
        Keyring(OTHER).unseal(sealed)
    assert NEW.hex() not in sealed


@pytest.mark.parametrize("junk", ["", "x", "gAAAAA", "\x00", "🎭", "x" * 10_000])
def test_junk_is_not_unsealed(junk: str) -> None:
    with pytest.raises(SealedWithUnknownSecretError):
        Keyring(NEW).unseal(junk)


def test_one_changed_byte_is_noticed() -> None:
    sealed = base64.urlsafe_b64decode(Keyring(NEW).seal("sk_1"))
    for place, byte in enumerate(sealed):
        changed = sealed[:place] + bytes([byte ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealedWithUnknownSecretError):
            Keyring(NEW).unseal(base64.urlsafe_b64encode(changed).decode())


def test_a_previous_secret_still_opens_and_never_seals() -> None:
    old = Keyring(OLD).seal("sk_1")
    both = Keyring(NEW, (OLD,))
    assert both.unseal(old) == "sk_1"
    assert Keyring(NEW).unseal(both.seal("sk_2")) == "sk_2"
    assert both.signing_keys == (NEW, OLD)


def test_what_a_previous_secret_sealed_is_sealed_anew_once() -> None:
    both = Keyring(NEW, (OLD,))
    anew = both.seal_anew(Keyring(OLD).seal("sk_1"))
    assert anew is not None
    assert Keyring(NEW).unseal(anew) == "sk_1"
    assert both.seal_anew(anew) is None
