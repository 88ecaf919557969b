"""A ciphertext opens only in its place and with its key."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.encryption import DecryptionRefused, KeyRing, WrappedKey, decrypt, encrypt, new_data_key

KEY = new_data_key()


def ring(*names: str) -> KeyRing:
    return KeyRing.from_setting(",".join(f"{name}:{base64.b64encode(name.encode() * 32).decode()}" for name in names))


@given(st.binary(max_size=200), st.binary(max_size=40), st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_is_refused(plaintext: bytes, place: bytes, position: int, flip: int) -> None:
    ciphertext = bytearray(encrypt(KEY, plaintext, place))
    ciphertext[position % len(ciphertext)] ^= flip
    with pytest.raises(DecryptionRefused):
        decrypt(KEY, bytes(ciphertext), place)


@given(st.binary(max_size=200), st.integers(0, 28))
def test_a_shortened_ciphertext_is_refused(plaintext: bytes, cut: int) -> None:
    ciphertext = encrypt(KEY, plaintext, b"place")
    with pytest.raises(DecryptionRefused):
        decrypt(KEY, ciphertext[: max(0, len(ciphertext) - cut - 1)], b"place")


def test_a_ciphertext_moved_to_another_place_is_refused() -> None:
    with pytest.raises(DecryptionRefused):
        decrypt(KEY, encrypt(KEY, b"x", b"row 1"), b"row 2")


def test_a_key_wrapped_by_a_ring_that_lost_it_is_refused() -> None:
    wrapped = ring("a").wrap(KEY, b"row")
    with pytest.raises(DecryptionRefused):
        ring("b").unwrap(wrapped, b"row")
    with pytest.raises(DecryptionRefused):
        ring("a").unwrap(WrappedKey("b", wrapped.ciphertext), b"row")


def test_the_first_key_wraps_and_older_ones_still_unwrap() -> None:
    old = ring("a").wrap(KEY, b"row")
    rotated = ring("b", "a")
    assert rotated.unwrap(old, b"row") == KEY
    assert rotated.wrap(KEY, b"row").key_id == "b"


@pytest.mark.parametrize("text", ["", "a", "a:", "a:!!!", "a:c2hvcnQ="])
def test_a_ring_of_unfit_keys_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"key|base64"):
        KeyRing.from_setting(text)


@given(st.binary(max_size=500), st.binary(max_size=40))
def test_what_was_encrypted_comes_back(plaintext: bytes, place: bytes) -> None:
    assert decrypt(KEY, encrypt(KEY, plaintext, place), place) == plaintext
