"""The history of a listing: its versions, what differs between two of them, and going back to one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import flask

from chassis.auth import current_principal
from chassis.clock import to_rfc3339
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from services.directory.adapters.hsds_values import present
from services.directory.adapters.versions import SqlVersionStore
from services.directory.application.edit_listing import revert_listing as revert
from services.directory.application.read_listing import check_kept, read_going_back, read_version
from services.directory.domain.location import kind_of
from services.directory.domain.versions import Version, differences
from services.directory.entrypoints.api.listing_answers import change_of, listing_answer
from services.directory.entrypoints.api.wire import content_view

_NO_STORE = {"Cache-Control": "no-store"}


def list_versions(id: str, *, limit: int, before: int | None = None) -> Any:
    """Return the listing's versions, the latest first, without what they say."""
    directory = container()
    check_kept(current_principal(), id, unit_of_work=directory.unit_of_work)
    with directory.engine.connect() as connection:
        rows = SqlVersionStore(connection).list(id, before=before, limit=limit + 1)
    items = [_entry(row, row, row["at"]) for row in rows[:limit]]
    more = rows[limit - 1]["number"] if len(rows) > limit else None
    return flask.jsonify({"items": items, "next_before": more}), 200, _NO_STORE


def get_version(id: str, number: int) -> Any:
    """Return one version with what it says and would change; no address that is or was confidential is shown here."""
    version = _read(id, number)
    change = version.change
    row = {**vars(change), "number": version.number, "status": version.status}
    view = _entry(row, row, version.at) | {"content": _content(version)}
    back = read_going_back(current_principal(), version, id, unit_of_work=container().unit_of_work)
    if back is not None:
        today, then = (replace(version, content=content) for content in (back.today, back.then))
        view["going_back"] = {"changes": _changes(today, then), "keeps_place": back.keeps_place}
    return flask.jsonify(view), 200, _NO_STORE


def get_diff(id: str, *, to: int | None = None, **given: int) -> Any:
    """Return field by field what two versions say differently; ``from`` is a word that no argument may have."""
    directory = container()
    check_kept(current_principal(), id, unit_of_work=directory.unit_of_work)
    with directory.engine.connect() as connection:
        versions = SqlVersionStore(connection)
        to = to or versions.last_before(id, None) or 1
        since = given.get("from") or versions.last_before(id, to) or to
    old, new = _read(id, since), _read(id, to)
    return flask.jsonify({"from": old.number, "to": new.number, "changes": _changes(old, new)}), 200, _NO_STORE


@idempotent(operation="revertListing")
def revert_listing(id: str, body: dict[str, Any]) -> Any:
    """Write an older version's content anew."""
    directory = container()
    change = change_of(id, required=True)
    done = revert(change, body["number"], unit_of_work=directory.unit_of_work, clock=directory.clock)
    return listing_answer(done)


def _read(listing_id: str, number: int) -> Version:
    return read_version(current_principal(), listing_id, number, unit_of_work=container().unit_of_work)


def _content(version: Version) -> dict[str, Any]:
    view = content_view(version.content, with_confidential=False)
    return {**view, "location": {"kind": kind_of(version.content.location)}} if version.hides_address else view


def _changes(old: Version, new: Version) -> list[dict[str, Any]]:
    found = differences(_content(old), _content(new))
    changes = [{"field": entry.field, "old": entry.old, "new": entry.new} for entry in found]
    if _differ_unseen(old, new):
        # That there is another address may be known to who keeps the listing; what it is stands in no comparison.
        hidden = {"kind": kind_of(new.content.location)}
        changes.append({"field": "location", "old": hidden, "new": hidden, "is_hidden": True})
    return changes


def _differ_unseen(old: Version, new: Version) -> bool:
    places = (old.content.location, new.content.location)
    return new.hides_address and kind_of(places[0]) == kind_of(places[1]) and places[0] != places[1]


def _entry(row: Any, change: Any, at: Any) -> dict[str, Any]:
    view = {
        "number": row["number"],
        "status": row["status"],
        "action": change["action"],
        "is_proposal": change["is_proposal"],
        "agency_id": change["agency_id"],
        "account_id": change["account_id"],
        "reason": change["reason"],
        "note": change["note"],
        "import_id": change["import_id"],
        "at": to_rfc3339(at),
    }
    return present(view)
