"""Says whether public services are open now and when that changes, in a reader's language."""

from __future__ import annotations

from typing import Any

import flask
import orjson

from chassis.connexion_app import container
from services.directory.adapters.openings import openings
from services.directory.adapters.wording import wording_for
from services.directory.domain.reason_texts import Telling
from services.directory.entrypoints.api.pages import json_of
from services.directory.entrypoints.api.reading_language import in_languages, languages


def query_openings(body: dict[str, Any]) -> flask.Response:
    """Return it for each of the services whose hours everybody may know of."""
    directory = container()
    now = directory.clock.now()
    with directory.reading.connect() as connection:
        found = openings(connection, [str(service_id) for service_id in body["service_ids"]], now)
    telling = Telling(wording=wording_for(languages()), name_of=str, now=now)
    items = [
        {"service_id": service_id, "code": reason.code, "params": dict(reason.params), "text": telling.text_of(reason)}
        for service_id, reason in found.items()
    ]
    answer = in_languages(json_of(orjson.dumps({"items": items}).decode()), None, telling.wording.language)
    # In a minute it may say something else.
    answer.headers["Cache-Control"] = "no-store"
    return answer
