"""Pairs of records that may be one, and folding one of them into the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask

from chassis.auth import current_principal, for_persons_alone
from chassis.clock import to_rfc3339
from chassis.connexion_app import container
from chassis.idempotency import idempotent
from chassis.problems import NOT_FOUND, Problem
from services.directory.adapters import duplicate_pairs
from services.directory.adapters.duplicates import Kind
from services.directory.adapters.hsds_values import present
from services.directory.adapters.repositories import SqlOrganizationStore
from services.directory.application.merge_records import MergeRecords, merge_listings, merge_organizations
from services.directory.domain.merging import version_of
from services.directory.entrypoints.api.cursors import read_pair_cursor, write_pair_cursor

_SHOWN = {
    "listing": ("id", "name", "organization_name", "status", "municipality_code"),
    "organization": ("id", "name", "country"),
}


def list_duplicates(*, kind: Kind, limit: int, min_score: float, cursor: str | None = None) -> Any:
    """Return a page of the pairs of which the caller's agency keeps at least one, the likeliest first."""
    after = read_pair_cursor(cursor)
    with container().engine.connect() as connection:
        pairs = duplicate_pairs.pairs_for(connection, current_principal(), kind, least=min_score)
        rest = [pair for pair in pairs if after is None or pair.comes_after(after)]
        items = [_presented(connection, kind, pair) for pair in rest[:limit]]
    last = rest[limit - 1] if len(rest) > limit else None
    following = write_pair_cursor(last.likeness.score, last.ids) if last else None
    answer = {"items": items, "total": len(pairs), "next_cursor": following}
    return flask.jsonify(answer), 200, {"Cache-Control": "no-store"}


def dismiss_duplicate(body: dict[str, Any]) -> Any:
    """Take the caller's word that two records are two; its agency is not asked again."""
    directory = container()
    one, other = (record_id.lower() for record_id in body["ids"])
    with directory.engine.begin() as connection:
        if not duplicate_pairs.dismiss(connection, current_principal(), (one, other), directory.clock.now()):
            raise Problem(NOT_FOUND)
    return "", 204


@for_persons_alone
@idempotent(operation="mergeRecords")
def merge_records(body: dict[str, Any]) -> Any:
    """Fold one record into another."""
    directory = container()
    command = MergeRecords(
        principal=current_principal(),
        keep_id=body["keep"]["id"].lower(),
        keep_version=body["keep"]["version"],
        fold_id=body["fold"]["id"].lower(),
        fold_version=body["fold"]["version"],
        take=frozenset(body.get("take", ())),
    )
    merge = merge_listings if body["kind"] == "listing" else merge_organizations
    done = merge(command, unit_of_work=directory.unit_of_work, clock=directory.clock)
    view = {
        "id": done.id,
        "kind": done.kind,
        "kept_id": done.kept_id,
        "folded_id": done.folded_id,
        "merged_at": to_rfc3339(done.merged_at),
        "fields": dict(done.fields),
    }
    return flask.jsonify(view), 201


def _presented(connection: Any, kind: str, pair: duplicate_pairs.Pair) -> dict[str, Any]:
    findings = [{"code": finding.code, "strength": finding.strength} for finding in pair.likeness.findings]
    sides = [_side(connection, kind, row, is_own=row["id"] in pair.own_ids) for row in (pair.one, pair.other)]
    return {
        "kind": kind,
        "score": pair.likeness.score,
        "findings": findings,
        "records": sides,
        "may_merge": all(side["is_own"] for side in sides),
    }


def _side(connection: Any, kind: str, row: Mapping[Any, Any], *, is_own: bool) -> dict[str, Any]:
    shown = present({name: row[name] for name in _SHOWN[kind]}) | {"is_own": is_own}
    if is_own:
        shown["version"] = str(row["version"]) if kind == "listing" else _organization_version(connection, row["id"])
    return shown


def _organization_version(connection: Any, organization_id: str) -> str:
    kept = SqlOrganizationStore(connection).get(organization_id)
    return version_of(kept) if kept else ""
