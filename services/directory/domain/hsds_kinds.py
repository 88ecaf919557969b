"""Tells what a document without a label is: by which object of HSDS knows most of its fields."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from services.directory.domain.hsds_model import OBJECTS

# What a file of documents may hold; other objects are told within these.
TAKEN = ("organization", "service", "taxonomy", "taxonomy_term")
# What becomes a part of services, wherever it stands in the file.
OF_PLACES = ("location", "service_at_location")
# Many organizations still have a ``url``, as before HSDS 3.
_ONLY_IN_SERVICES = OBJECTS["service"].fields.keys() - OBJECTS["organization"].fields.keys() - {"url"}
_KNOWN = frozenset(name for described in OBJECTS.values() for name in described.fields)
# Where two know as many, the one named first.
_ORDER = ("organization", "service", *(kind for kind in OBJECTS if kind not in ("organization", "service")))


def kind_of(names: Iterable[str]) -> str | None:
    """Return the object that a document with fields of these names is; None without an id and a name."""
    return _kind_of(_KNOWN.intersection(names))


@lru_cache(maxsize=1_000)
def _kind_of(said: frozenset[str]) -> str | None:
    """Most documents of a file have one of a few sets of fields."""
    if not said & {"id", "name"}:
        return None
    known = {kind: len(said & OBJECTS[kind].fields.keys()) for kind in _ORDER}
    if not said & _ONLY_IN_SERVICES:
        known["service"] = 0
    return max(_ORDER, key=known.__getitem__)
