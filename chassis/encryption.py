"""Envelope encryption: data keys wrapped by versioned key-encryption keys, AES-256-GCM throughout (NIST SP 800-38D)."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_BYTES = 32


class DecryptionRefused(Exception):
    """The ciphertext, its place (associated data) or its key do not belong together."""


@dataclass(frozen=True)
class WrappedKey:
    """A data key as it may be stored: encrypted, with the name of the key that wrapped it."""

    key_id: str
    ciphertext: bytes


def new_data_key() -> bytes:
    """Return 32 fresh random bytes."""
    return AESGCM.generate_key(bit_length=_KEY_BYTES * 8)


def encrypt(key: bytes, plaintext: bytes, associated_data: bytes) -> bytes:
    """Return nonce and ciphertext; ``associated_data`` names the place, so that a moved ciphertext is refused."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, associated_data)


def decrypt(key: bytes, ciphertext: bytes, associated_data: bytes) -> bytes:
    """Return the plaintext, or raise :class:`DecryptionRefused`."""
    try:
        return AESGCM(key).decrypt(ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:], associated_data)
    except (InvalidTag, ValueError) as error:
        raise DecryptionRefused("the ciphertext does not belong to this place or key") from error


class KeyRing:
    """The key-encryption keys of a service; the first one wraps, all of them unwrap."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        self._keys = dict(keys)
        self.current = current

    @classmethod
    def from_setting(cls, text: str) -> KeyRing:
        """Read ``id:base64,id:base64``, the current key first; raises ValueError for keys that are not 32 bytes."""
        keys: dict[str, bytes] = {}
        for entry in text.split(","):
            key_id, _, encoded = entry.strip().partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error as error:
                raise ValueError("a key is not valid base64") from error
            if not key_id or len(key) != _KEY_BYTES:
                raise ValueError("each key is written id:base64 and holds 32 bytes")
            keys[key_id] = key
        return cls(keys, next(iter(keys)))

    def wrap(self, data_key: bytes, associated_data: bytes) -> WrappedKey:
        """Encrypt a data key with the current key."""
        return WrappedKey(self.current, encrypt(self._keys[self.current], data_key, associated_data))

    def unwrap(self, wrapped: WrappedKey, associated_data: bytes) -> bytes:
        """Return the data key, or raise :class:`DecryptionRefused` when its wrapping key is not on this ring."""
        key = self._keys.get(wrapped.key_id)
        if key is None:
            raise DecryptionRefused("the wrapping key is not on this ring")
        return decrypt(key, wrapped.ciphertext, associated_data)
