"""The history of an organization: what it said of itself, who changed that, and what differs between two versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import flask

from chassis.auth import current_principal
from chassis.clock import to_rfc3339
from chassis.connexion_app import container
from chassis.problems import NOT_FOUND, Problem
from services.directory.adapters.hsds_values import present
from services.directory.adapters.organization_versions import SqlOrganizationVersionStore
from services.directory.adapters.rows import translation_of_row
from services.directory.application.kept_organization import check_kept_organization
from services.directory.domain.versions import differences
from services.directory.entrypoints.api.wire import translation_view

_NO_STORE = {"Cache-Control": "no-store"}
_SHOWN = ("number", "action", "is_proposal", "agency_id", "account_id", "reason", "note", "import_id")


def list_organization_versions(id: str, *, limit: int, before: int | None = None) -> Any:
    """Return the organization's versions, the latest first, without what they say."""
    rows = _read(id, before=before, limit=limit + 1)
    more = rows[limit - 1]["number"] if len(rows) > limit else None
    return flask.jsonify({"items": [_entry(row) for row in rows[:limit]], "next_before": more}), 200, _NO_STORE


def get_organization_version(id: str, number: int) -> Any:
    """Return one version with what it says."""
    row = _one(id, number)
    return flask.jsonify({**_entry(row), "content": _content(row)}), 200, _NO_STORE


def get_organization_diff(id: str, *, to: int | None = None, **given: int) -> Any:
    """Return field by field what two versions say differently; ``from`` is a word that no argument may have."""
    new = _one(id, to) if to else _read(id, before=None, limit=1)[0]
    since = given.get("from")
    old = _one(id, since) if since else next(iter(_read(id, before=new["number"], limit=1)), new)
    found = differences(_content(old), _content(new))
    changes = [{"field": entry.field, "old": entry.old, "new": entry.new} for entry in found]
    return flask.jsonify({"from": old["number"], "to": new["number"], "changes": changes}), 200, _NO_STORE


def _one(organization_id: str, number: int) -> Mapping[Any, Any]:
    found = next(iter(_read(organization_id, before=number + 1, limit=1)), None)
    if found is None or found["number"] != number:
        raise Problem(NOT_FOUND)
    return found


def _read(organization_id: str, *, before: int | None, limit: int) -> Sequence[Mapping[Any, Any]]:
    directory = container()
    check_kept_organization(current_principal(), organization_id, unit_of_work=directory.unit_of_work)
    with directory.engine.connect() as connection:
        return SqlOrganizationVersionStore(connection).latest(organization_id, before=before, limit=limit)


def _content(row: Mapping[Any, Any]) -> dict[str, Any]:
    translations = [translation_view(translation_of_row(entry)) for entry in row["said"].get("translations", ())]
    return {**row["said"], **present({"translations": translations})}


def _entry(row: Mapping[Any, Any]) -> dict[str, Any]:
    return present({**{name: row[name] for name in _SHOWN}, "at": to_rfc3339(row["at"])})
