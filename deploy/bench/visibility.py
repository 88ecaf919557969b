"""How long after a listing is published a search finds it, while a full directory is held and searched by others."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from deploy.bench.directory import directory_server, filled
from deploy.bench.issuer import issuer
from deploy.bench.load_client import Request, ask
from deploy.bench.measure import Goal, Outcome, Series, Void
from deploy.bench.settings import Bench

_CHANGES = 200
_PATIENCE = 10.0
_MOST_AT_P99 = 1000
_ORGANIZATION = {"name": "Bench", "description": "-", "country": "AL"}
_LISTING = {
    "description": "Published to see how soon it is found.",
    "taxonomy_terms": ["psychosocial-support"],
    "languages": ["sq"],
    "serves": ["AL-tirane"],
    "location": {"kind": "physical", "municipality": "AL-tirane", "address_1": "Rruga Demo 1"},
    "sex": "any",
    "tier": "public",
}


def run(bench: Bench) -> Outcome:
    """Publish one listing after the other and look for each until it is found."""
    with (
        issuer() as tokens,
        directory_server(filled(bench), workers=bench.workers, JWKS_URL=tokens.keys_url) as server,
        _searched_by_others(server.port),
    ):
        officer = _Officer(server.port, tokens.token(agency_id="bench-visibility", scopes="listings:write"))
        organization_id = officer.post("/own-organizations", {"name": "Bench", "description": "-", "country": "AL"})[
            "id"
        ]
        waits = sorted(officer.publish_and_find(organization_id) for _ in range(_CHANGES))
    p99 = waits[min(len(waits) - 1, int(0.99 * len(waits)))]
    figures = {"p50_ms": waits[len(waits) // 2], "p99_ms": p99, "most_ms": waits[-1]}
    return Outcome(
        name=f"from publishing to being found, {bench.size:,} services",
        series={"visible": Series([figures])},
        goals=[Goal(what="p99 in ms", value=p99, at_most=_MOST_AT_P99)],
        notes={"changes": len(waits), "searched meanwhile by": "2 clients"},
    )


@contextmanager
def _searched_by_others(port: int) -> Iterator[None]:
    """Have two clients search until the block ends."""
    busy = threading.Event()
    request = Request(path="/services?search=psikolog&per_page=20", expect='"total_items"')

    def search() -> None:
        while not busy.is_set():
            ask(port, [request], clients=2, seconds=5, seed=1)

    thread = threading.Thread(target=search, daemon=True)
    thread.start()
    try:
        yield
    finally:
        busy.set()
        thread.join()


class _Officer:
    """Keeps listings through the API, as an agency's own system does."""

    def __init__(self, port: int, bearer: str) -> None:
        self._address = f"http://127.0.0.1:{port}"
        self._headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a change and return the answer."""
        headers = {**self._headers, "Idempotency-Key": str(uuid.uuid4())}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._address + path, content, headers, method="POST")  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - a server of our own
            changed: dict[str, Any] = json.load(answer)
        return changed

    def publish_and_find(self, organization_id: str) -> float:
        """Publish a new listing and return how many milliseconds later it was found."""
        word = f"gjej{uuid.uuid4().hex}"
        listing = {**_LISTING, "organization_id": organization_id, "name": word}
        draft = self.post("/listings", listing)
        started = time.perf_counter()
        self.post(f"/listings/{draft['id']}/publish")
        while time.perf_counter() - started < _PATIENCE:
            search = f"{self._address}/services?{urlencode({'search': word})}"
            with urllib.request.urlopen(search) as answer:  # noqa: S310 - a server of our own
                if any(service["id"] == draft["id"] for service in json.load(answer)["contents"]):
                    return (time.perf_counter() - started) * 1000
        raise Void("a published listing was not found in time")
