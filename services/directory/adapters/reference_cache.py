"""Keeps the reference data in the process, for every search needs it and it changes a few times a year."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, RowMapping, select, update

from services.directory.adapters.tables import municipality, reference_version, taxonomy_term
from services.directory.domain.country_names import COUNTRY_NAMES
from services.directory.domain.lexicon import Lexicon, Word
from services.directory.domain.place_levels import is_village
from services.directory.domain.query import is_unsure

# How long a process may go on with what was replaced elsewhere.
_SECONDS_BETWEEN_LOOKS = 5.0
# Stands in the place of a language where a place's official name does.
OFFICIAL = ""
_lock = threading.Lock()
_kept: WeakKeyDictionary[Engine, tuple[float, Reference]] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Places and terms of one version of the reference data."""

    version: int
    centres: Mapping[str, tuple[float, float]]
    above: Mapping[str, str | None]
    below: Mapping[str, tuple[str, ...]]
    term_paths: Mapping[str, tuple[str, ...]]
    terms_by_id: Mapping[str, str]
    terms_of_taxonomy: Mapping[str, tuple[str, ...]]
    # Names of places and terms by code, then by language.
    names: Mapping[str, Mapping[str, str]]
    term_names: Lexicon
    place_names: Lexicon

    def has_place(self, code: str) -> bool:
        """Say whether there is a place, an area or a country of this code."""
        return code in self.above or code in self.below

    def has_term(self, code: str) -> bool:
        """Say whether our own taxonomy has a term of this code."""
        return code in self.term_paths

    def has_word(self, word: Word) -> bool:
        """Say whether the name of a place or a term has the word in whole."""
        return self.term_names.has(word) or self.place_names.has(word)

    def is_unsure(self, word: Word) -> bool:
        """Say whether no name of a place or a term has, begins with, or bends the word."""
        return is_unsure(word, terms=self.term_names, places=self.place_names)

    def covering(self, code: str) -> list[str]:
        """Return the code and those of all areas that it lies in, its country included."""
        return sorted({code, *self.areas_above(code), code[:2]})

    def areas_above(self, code: str) -> list[str]:
        """Return the areas that a place lies in, the smallest first, without its country."""
        found: list[str] = []
        above = self.above.get(code)
        while above is not None and above not in found:
            found.append(above)
            above = self.above.get(above)
        return found

    def within(self, code: str) -> list[str]:
        """Return the code and those of all places that lie in it."""
        found = dict.fromkeys([code])
        waiting = [code]
        while waiting:
            new = [below for below in self.below.get(waiting.pop(), ()) if below not in found]
            found.update(dict.fromkeys(new))
            waiting += new
        return list(found)


def reference_of(connection: Connection, *, knowing: Collection[str] = ()) -> Reference:
    """Return the reference data; where it lacks a code that it should be ``knowing``, it is looked up at once."""
    fresh = _fresh(connection.engine, knowing)
    if fresh is not None:
        return fresh
    with _lock:
        _, kept = _kept.get(connection.engine, (0.0, None))
        version = version_of_reference(connection)
        if kept is None or kept.version != version:
            kept = _load(connection, version)
        _kept[connection.engine] = (time.monotonic(), kept)
    return kept


def reference_kept(engine: Engine, *, knowing: Collection[str] = ()) -> Reference:
    """Return the reference data without a connection, where the process has looked at them a moment ago."""
    fresh = _fresh(engine, knowing)
    if fresh is not None:
        return fresh
    with engine.connect() as connection:
        return reference_of(connection, knowing=knowing)


def _fresh(engine: Engine, knowing: Collection[str]) -> Reference | None:
    checked_at, kept = _kept.get(engine, (0.0, None))
    if kept is None or time.monotonic() - checked_at >= _SECONDS_BETWEEN_LOOKS:
        return None
    return kept if all(code in kept.above or code in kept.term_paths for code in knowing) else None


def version_of_reference(connection: Connection) -> int:
    """Return the number of the reference data as they are now."""
    return connection.scalar(select(reference_version.c.number)) or 0


def note_new_reference(connection: Connection) -> None:
    """Tell all processes, once this is committed, that places or terms have changed."""
    connection.execute(update(reference_version).values(number=reference_version.c.number + 1))


def _load(connection: Connection, version: int) -> Reference:
    places = connection.execute(select(municipality).order_by(municipality.c.population.desc(), municipality.c.code))
    rows = places.mappings().all()
    below: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        below[row["parent_code"] or row["country"]].append(row["code"])
    terms = connection.execute(select(taxonomy_term).order_by(taxonomy_term.c.position)).mappings().all()
    of_taxonomy: dict[str, list[str]] = defaultdict(list)
    for row in terms:
        of_taxonomy[row["taxonomy_id"]].append(row["code"])
    named = [row for row in rows if not row["is_retired"]]
    return Reference(
        version=version,
        centres={row["code"]: (row["latitude"], row["longitude"]) for row in rows},
        above={row["code"]: row["parent_code"] for row in rows},
        below={code: tuple(codes) for code, codes in below.items()},
        term_paths={row["code"]: tuple(row["path"]) for row in terms},
        terms_by_id={row["id"]: row["code"] for row in terms},
        terms_of_taxonomy={taxonomy_id: tuple(codes) for taxonomy_id, codes in of_taxonomy.items()},
        names={row["code"]: {**row["names"], OFFICIAL: row["name"]} for row in rows}
        | {row["code"]: row["names"] for row in terms},
        term_names=Lexicon((row["code"], row["phrases"]) for row in terms),
        place_names=Lexicon(
            # Countries weigh more than any place in them; by their names in whole alone, for "gora" means no country.
            [*((code, ()) for code in COUNTRY_NAMES), *((row["code"], _names(row)) for row in named)],
            in_whole=[*COUNTRY_NAMES.items(), *((row["code"], _foreign_names(row)) for row in named)],
            seldom_meant=[row["code"] for row in rows if is_village(row["level"])],
        ),
    )


def _names(row: RowMapping) -> list[str]:
    return [row["name"], *row["names"].values()]


def _foreign_names(row: RowMapping) -> list[str]:
    return [name for names in row["foreign_names"].values() for name in names]
