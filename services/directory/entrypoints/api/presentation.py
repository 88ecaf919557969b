"""Shows public documents as they were asked for: in the reader's language, and with or without our additions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import flask
import orjson
from sqlalchemy import Connection

from services.directory.adapters.localization import Reader
from services.directory.domain.hsds_objects import reduced
from services.directory.entrypoints.api.reading_language import in_languages, read_by, reader

_OWN = "lidhja"


@dataclass(frozen=True)
class Presentation:
    """How the documents of one answer are shown; make it while the request is at hand."""

    kind: str
    profile: str
    reader: Reader | None

    def show(self, connection: Connection, texts: Sequence[str]) -> Sequence[str]:
        """Return documents, JSON texts, as they are to be sent."""
        texts = read_by(self.reader, connection, texts)
        return texts if self.profile == _OWN else [self.reduce(text) for text in texts]

    def reduce(self, text: str) -> str:
        """Return a document without what the profile asked for does not name."""
        if self.profile == _OWN:
            return text
        version = self.profile.removeprefix("hsds-")
        return orjson.dumps(reduced(self.kind, orjson.loads(text), version=version)).decode()

    def finish(self, response: flask.Response) -> flask.Response:
        """Say on a public answer what it depends on, and let it be kept for a moment; who has it already gets 304."""
        in_languages(response, self.reader)
        if response.is_streamed:
            return response
        # For a moment only: what is withdrawn shall be gone.
        response.headers["Cache-Control"] = "public, max-age=10, must-revalidate"
        # Weak, because it is the same whether compressed or not.
        response.add_etag(weak=True)
        if flask.request.method in ("GET", "HEAD"):
            response.make_conditional(flask.request)
        return response


def presentation_of(kind: str, profile: str) -> Presentation:
    """Return how this request wants documents of that kind of HSDS object."""
    return Presentation(kind, profile, reader())
