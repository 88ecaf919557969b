"""How answers travel: compressed where nothing secret is in them, and files kept by browsers while they stay true."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from flask import Flask, Response, request

from services.portal.account import current_account

_STATIC = Path(__file__).parent / "static"
_COMPRESSED = frozenset(
    ("text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml")
)
_SMALLEST, _LEVEL = 1000, 6
_A_YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Compress what may be, and let browsers keep the files that pages name by their version."""
    versions = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in _STATIC.iterdir() if path.is_file()
    }
    app.jinja_env.globals["static_version"] = versions.get

    @app.after_request
    def prepare(response: Response) -> Response:
        is_file = request.endpoint == "static" and response.status_code in (200, 304)
        named = request.args.get("v")
        # Asked for by the page of another version, while an update goes on, a file must not be kept under that address.
        if is_file and named and named == versions.get((request.view_args or {}).get("filename", "")):
            response.cache_control.max_age = _A_YEAR
            response.cache_control.immutable = True
            response.headers.pop("Expires", None)
        # What somebody signed in reads stays as it is: the length of a compressed page tells whether what another site
        # put into an address stands in it, too.
        if response.mimetype in _COMPRESSED and (is_file or current_account() is None):
            response.vary.add("Accept-Encoding")
            if _may_compress(response):
                _compress(response)
        return response


def _may_compress(response: Response) -> bool:
    """Say whether the reader takes gzip, and it is worth it; parts of a file, and what is known, stay as they are."""
    is_whole = response.status_code not in (204, 206, 304) and not response.content_encoding
    return (
        is_whole
        and request.accept_encodings.quality("gzip") > 0
        and (response.content_length is None or response.content_length >= _SMALLEST)
    )


def _compress(response: Response) -> None:
    response.direct_passthrough = False
    response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
    response.content_encoding = "gzip"
    etag, _is_weak = response.get_etag()
    if etag:
        # The same file, in other bytes.
        response.set_etag(etag, weak=True)
