"""Signs access tokens for the benchmarks and serves the key that they are checked with."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

ISSUER, AUDIENCE = "https://issuer.example.org", "lidhja"
_HOURS = 6


@dataclass(frozen=True)
class Issuer:
    """Where the key set is read, and the key."""

    keys_url: str
    key: Any

    def token(self, *, agency_id: str, scopes: str) -> str:
        """Return a token that outlasts every benchmark."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(uuid.uuid4()),
            "client_id": "bench",
            "agency_id": agency_id,
            "roles": [],
            "scope": scopes,
            "iat": now,
            "exp": now + _HOURS * 3600,
            "jti": str(uuid.uuid4()),
        }
        header = {"alg": "ES256", "kid": "bench", "typ": "at+jwt"}
        return jwt.encode(header, claims, self.key, algorithms=["ES256"])


@contextmanager
def issuer() -> Iterator[Issuer]:
    """Serve the public key on this machine until the block ends."""
    key = ECKey.generate_key("P-256", {"kid": "bench", "alg": "ES256", "use": "sig"})
    served = json.dumps({"keys": [key.as_dict(private=False)]}).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(served)))
            self.end_headers()
            self.wfile.write(served)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Issuer(keys_url=f"http://127.0.0.1:{server.server_port}/keys", key=key)
    finally:
        server.shutdown()
        server.server_close()
