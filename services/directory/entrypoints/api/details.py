"""Says what this API is, as HSDS asks of the root, and what it adds to HSDS."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import flask

from chassis.connexion_app import container

VERSION = "3.0"
PROFILE = {
    "name": "Lidhja",
    "description": "HSDS for the protection of children. Every answer is one of HSDS 3.0 and 3.1; these are additions.",
    "hsds_versions": ["3.0", "3.1"],
    "plain_profiles": ["hsds-3.0", "hsds-3.1"],
    "additions": {
        "service": {
            "translations": "Texts in other languages: language, field, text, who wrote it, and from what.",
            "translated": "Which fields are not in the original, as Accept-Language asked for, and who wrote them.",
            "confirm_by": "The day by which the owner is to confirm the service again; once past, it is overdue.",
            "sex": "female or male, of a service for girls or for boys alone; absent where it is for both.",
            "accessibility": "Codes of what makes the service reachable, of virtual and confidential places too.",
            "has_confidential_address": "True where the service has an address that is told to nobody, as a shelter's.",
            "reopens_at": "Of a closed service: when it is to open again, where that is known.",
        },
        "organization": {
            "translations": "Texts in other languages, as of a service.",
            "translated": "Which fields are not in the original, as of a service.",
            "official_name": "The name in the original, where name is read in another language.",
        },
        "location": {
            "precision": "municipality, where the coordinates are those of its middle: good to search by, no way.",
        },
        "service_capacity": {
            "reported_at": "When somebody said a number last; what was counted on from there since is in updated.",
        },
        "service, organization and service_at_location with minimal=true": {
            "modified_date": "The time of change, as the text of HSDS calls it; its schema calls it last_modified.",
        },
        "taxonomy": {
            "translated": "Which fields are not in English, as Accept-Language asked for; of our own taxonomy.",
        },
        "taxonomy_term": {
            "names": "The name in every language of the network.",
            "translated": "Which fields are not in English; language is that of the name.",
        },
        "any object": {"…": "Properties that a publisher has added in a feed we took over are passed on."},
    },
    "addresses": {
        "/openings": "By POST: whether services are open now and when that changes, public holidays included.",
        "/municipalities": "Places by their names in any language and script, with the codes that parameters take.",
        "/changes": "What has changed in what the public sees, withdrawals included.",
        "/exports": "Everything public in one file.",
    },
    "parameters": {
        "need, age, sex, language, serves, accepts, open_at, accessibility": "What a caseworker asks for.",
        "near, municipality, within_km": "Where, beside postcode and proximity.",
        "profile": "hsds-3.0 or hsds-3.1 leaves all additions out.",
    },
}


def get_api_details() -> flask.Response:
    """Return version, profile and where this API is described.

    Who asks may have named any host; that is never repeated as if it were ours.
    """
    root = container().public_url
    return flask.jsonify({"version": VERSION, "profile": f"{root}/profile", "openapi_url": f"{root}/openapi.json"})


def get_profile() -> flask.Response:
    """Return what this API adds to HSDS: JSON for programs, a plain page for people."""
    best = flask.request.accept_mimetypes.best_match(["application/json", "text/html"], default="application/json")
    response = flask.jsonify(PROFILE) if best == "application/json" else flask.Response(_page(), mimetype="text/html")
    response.vary.add("Accept")
    return response


def _page() -> str:
    title = f"<title>{PROFILE['name']}</title><h1>{PROFILE['name']}</h1>"
    return f'<!doctype html><html lang="en">{title}{_in_html(PROFILE)}</html>'


def _in_html(part: Any) -> str:
    """Return a part of the profile for people: names with what they say beside them, as deep as it goes."""
    if isinstance(part, Mapping):
        pairs = (f"<dt>{escape(name)}</dt><dd>{_in_html(said)}</dd>" for name, said in part.items())
        return f"<dl>{''.join(pairs)}</dl>"
    return escape(", ".join(part) if isinstance(part, list) else str(part))
