"""Says what this API is, as HSDS asks of the root, and what it adds to HSDS."""

from __future__ import annotations

from html import escape

import flask

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
            "accessibility": "Codes of what makes the service reachable, of virtual and confidential places too.",
            "has_confidential_address": "True where the service has an address that is told to nobody, as a shelter's.",
            "reopens_at": "Of a closed service: when it is to open again, where that is known.",
        },
        "organization": {
            "translations": "Texts in other languages, as of a service.",
            "translated": "Which fields are not in the original, as of a service.",
            "official_name": "The name in the original, where name is read in another language.",
        },
        "service_capacity": {
            "reported_at": "When somebody said a number last; what was counted on from there since is in updated.",
        },
        "service, organization and service_at_location with minimal=true": {
            "modified_date": "The time of change, as the text of HSDS calls it; its schema calls it last_modified.",
        },
        "taxonomy_term": {"names": "The name in every language of the network."},
        "any object": {"…": "Properties that a publisher has added in a feed we took over are passed on."},
    },
    "parameters": {
        "need, age, sex, language, serves, accepts, open_at, accessibility": "What a caseworker asks for.",
        "near, municipality, within_km": "Where, beside postcode and proximity.",
        "profile": "hsds-3.0 or hsds-3.1 leaves all additions out.",
    },
}


def get_api_details() -> flask.Response:
    """Return version, profile and where this API is described."""
    root = flask.request.url_root.rstrip("/")
    return flask.jsonify({"version": VERSION, "profile": f"{root}/profile", "openapi_url": f"{root}/openapi.json"})


def get_profile() -> flask.Response:
    """Return what this API adds to HSDS: JSON for programs, a plain page for people."""
    best = flask.request.accept_mimetypes.best_match(["application/json", "text/html"], default="application/json")
    if best == "application/json":
        return flask.jsonify(PROFILE)
    parts = [f"<dt>{escape(str(name))}</dt><dd>{escape(str(value))}</dd>" for name, value in PROFILE.items()]
    page = f'<!doctype html><html lang="en"><title>{PROFILE["name"]}</title><dl>{"".join(parts)}</dl></html>'
    return flask.Response(page, mimetype="text/html")
