"""Seals what browsers keep for the portal: nobody else can read it, change it or make it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from chassis.encryption import DecryptionRefused, decrypt, encrypt


class Seal:
    """AES-256-GCM under the first of some keys; what an older one sealed still opens, what stood elsewhere does not."""

    def __init__(self, keys: tuple[str, ...], place: bytes) -> None:
        self._keys = [hashlib.sha256(key.encode()).digest() for key in keys]
        self._place = place

    def sealed(self, content: dict[str, Any]) -> str:
        """Return the content as text that fits a cookie or a field; no two are alike."""
        plain = json.dumps(content, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(encrypt(self._keys[0], plain, self._place)).decode().rstrip("=")

    def opened(self, sealed: str) -> dict[str, Any]:
        """Return the content, or an empty one of what was not sealed here."""
        try:
            ciphertext = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        except (binascii.Error, ValueError):
            return {}
        for key in self._keys:
            try:
                content: dict[str, Any] = json.loads(decrypt(key, ciphertext, self._place))
            except DecryptionRefused:
                continue
            return content
        return {}
