"""Refuses organizations and terms that stand above themselves, or below more than can be meant.

Looked at is what the file says, wherever it says it, and what was taken in before. A chain that goes on for too long is
refused like one that comes back, so that no file makes it costly to tell the one from the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.directory.application.ports import UnitOfWork
from services.directory.domain.hsds_check import is_uuid
from services.directory.domain.imports import Fault, Parentage, Record

LONGEST_CHAIN = 100
_PARENT = {"organization": "parent_organization_id", "taxonomy_term": "parent_id"}
_SHOWN = 6


class ParentChains:
    """Remembers over a whole file what stands above what; told twice, the first word counts."""

    def __init__(self) -> None:
        self._above: dict[tuple[str, str], str] = {}

    def note(self, record: Record) -> list[Fault]:
        """Note what a record says, and return what is wrong with it within the file."""
        faults = []
        for told in parentages_of(record):
            if self._above.get((told.kind, told.own_id)):
                continue
            fault = self._fault(told, {})
            if fault is None:
                self._above[told.kind, told.own_id] = told.parent
            else:
                faults.append(fault)
        return faults[:1]

    def judged(self, uow: UnitOfWork, records: Sequence[Record], agency_id: str) -> list[Record]:
        """Return the records, with a fault where what was taken in before closes a circle."""
        told = [(place, each) for place, record in enumerate(records) for each in parentages_of(record) if each.parent]
        stored = self._stored(uow, [each for _, each in told], agency_id) if told else {}
        judged = list(records)
        for place, each in told if stored else ():
            fault = self._fault(each, stored)
            if fault is not None:
                judged[place] = replace(judged[place], faults=(*judged[place].faults, fault))
                self._above.pop((each.kind, each.own_id), None)
        return judged

    def _stored(self, uow: UnitOfWork, told: Sequence[Parentage], agency_id: str) -> Mapping[tuple[str, str], str]:
        """Return what was taken in before of everything above, where the file itself says nothing of it."""
        known: dict[tuple[str, str], str] = {}
        while True:
            ends = {(each.kind, self._path(each, known)[-1]) for each in told} - self._above.keys() - known.keys()
            if not ends:
                return {key: parent for key, parent in known.items() if parent}
            known |= dict.fromkeys(ends, "")
            for kind in _PARENT:
                ids = {end for of, end in ends if of == kind and is_uuid(end)}
                found = uow.imports.parents_above(kind, ids, agency_id, most=LONGEST_CHAIN) if ids else {}
                known |= {(kind, own_id): parent for own_id, parent in found.items()}

    def _path(self, told: Parentage, stored: Mapping[tuple[str, str], str]) -> list[str]:
        """Return the id, what is said to stand above it, and so on: to the end, into a circle, or for too long."""
        path, seen = [told.own_id], {told.own_id}
        step = told.parent
        while step:
            path.append(step)
            if step in seen or len(path) > LONGEST_CHAIN + 1:
                break
            seen.add(step)
            above = self._above.get((told.kind, step))
            step = stored.get((told.kind, step), "") if above is None else above
        return path

    def _fault(self, told: Parentage, stored: Mapping[tuple[str, str], str]) -> Fault | None:
        path = self._path(told, stored)
        if told.parent and path[-1] == told.own_id:
            # Only what the file says itself is told: what others say of theirs is not for it to know.
            shown = [step for step in path[:-1] if step in path[:2] or (told.kind, step) in self._above]
            return Fault(told.column, "cycle", {"path": " → ".join([*shown[:_SHOWN], told.own_id])})
        if len(path) > LONGEST_CHAIN + 1:
            return Fault(told.column, "chain_too_long", {"limit": LONGEST_CHAIN})
        return None


def parentages_of(record: Record) -> Sequence[Parentage]:
    """Return what a record says of what stands above what, wherever in its document it says it."""
    return record.parentages if record.parentages is not None else tuple(_parentages(record))


def _parentages(record: Record) -> Iterator[Parentage]:
    column = _PARENT.get(record.kind)
    if column is not None and (record.document.get(column) or not record.is_aside):
        yield from _parentage(record.kind, record.document, "")
    for path, term in _terms_within(record.document):
        yield from _parentage("taxonomy_term", term, path)


def _parentage(kind: str, document: Mapping[str, Any], path: str) -> Iterator[Parentage]:
    own_id = str(document.get("id") or "").lower()
    if own_id:
        parent = str(document.get(_PARENT[kind]) or "").lower()
        yield Parentage(path + _PARENT[kind], kind, own_id, parent)


def _terms_within(part: Any) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Return the terms that attributes name with something above them, and where they stand, however deep that is."""
    return [(path.removeprefix("."), term) for path, term in _terms_below(part)]


def _terms_below(part: Any) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Return the terms with the way to each from here; most parts have none, and no way is put into words for them."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    if isinstance(part, dict):
        term = part.get("taxonomy_term")
        if isinstance(term, dict) and term.get("parent_id"):
            found.append((".taxonomy_term.", term))
        for name, value in part.items():
            if isinstance(value, dict | list):
                found += [(f".{name}{path}", term) for path, term in _terms_below(value)]
    elif isinstance(part, list):
        for number, value in enumerate(part):
            if isinstance(value, dict | list):
                found += [(f"[{number}]{path}", term) for path, term in _terms_below(value)]
    return found
