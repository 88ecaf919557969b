"""Writes a directory of any size: the same seed writes the same services, and no country swamps the others.

A block of services has a seed of its own, so that several processes write blocks at once, in any order. Indexes that
grow slowly are built when all is there.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from chassis.database import make_engine
from chassis.migrations import migrate
from services.directory.adapters.bulk_rows import insert_rows
from services.directory.adapters.documents import publish_documents
from services.directory.adapters.place_rows import place_row
from services.directory.adapters.reference_cache import reference_of
from services.directory.adapters.reference_loader import load_reference
from services.directory.adapters.repositories import SqlOrganizationStore
from services.directory.adapters.rows import row_of_listing
from services.directory.adapters.search_index import index_listings
from services.directory.adapters.tables import listing as listing_table
from services.directory.adapters.tables import location
from services.directory.demo_data.listings import OFFERS, ListingWriter
from services.directory.demo_data.organizations import Organization
from services.directory.demo_data.places import Town, load_towns
from services.directory.domain.listing import Listing
from services.directory.domain.location import ConfidentialLocation
from services.directory.domain.organization import Organization as Owner
from services.directory.entrypoints.api.wire import content_from

_SEED = 20261124
_SERVICES_OF_ORGANIZATION = 4
_BLOCK = 1_000
_LANGUAGES = {"AL": "sq", "BA": "bs", "BG": "bg", "ME": "cnr", "RO": "ro", "RS": "sr", "XK": "sq"}
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
FOLDER = Path(__file__).parents[2] / "services" / "directory"
_SLOW_INDEXES = """
    SELECT index.relname, pg_get_indexdef(index.oid) FROM pg_class index JOIN pg_am ON pg_am.oid = index.relam
    WHERE index.relkind = 'i' AND index.relnamespace = 'public'::regnamespace AND amname IN ('gin', 'gist')
      AND index.relname LIKE ANY (ARRAY['ix_search_entry_%', 'ix_published_place_%'])
"""


def fill(url: str, size: int) -> None:
    """Migrate an empty database and load so many published services into it."""
    migrate(FOLDER, url)
    engine = _engine(url)
    with engine.begin() as connection:
        load_reference(connection)
    blocks = [(first, min(_BLOCK, size - first)) for first in range(0, size, _BLOCK)]
    workers = min(len(os.sched_getaffinity(0)), len(blocks))
    spawned = multiprocessing.get_context("spawn")
    with (
        _without_slow_indexes(engine),
        ProcessPoolExecutor(workers, mp_context=spawned, initializer=_Filler.open, initargs=(url,)) as pool,
    ):
        for done in itertools.accumulate(pool.map(_Filler.load, blocks)):
            print(f"  {done:,} of {size:,}", end="\r", flush=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _engine(url: str) -> Engine:
    return make_engine(url, statement_timeout_ms=0, lock_timeout_ms=0)


@contextmanager
def _without_slow_indexes(engine: Engine) -> Iterator[None]:
    """Take them away and build them again at the end, which costs far less than keeping them up."""
    with engine.begin() as connection:
        taken = connection.execute(text(_SLOW_INDEXES)).all()
        for name, _ in taken:
            connection.execute(text(f'DROP INDEX "{name}"'))
    yield
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        for _, definition in taken:
            connection.execute(text(definition))


class _Filler:
    """What a process that writes blocks keeps open."""

    engine: Engine
    generator: _Generator

    @classmethod
    def open(cls, url: str) -> None:
        """Prepare this process."""
        cls.engine, cls.generator = _engine(url), _Generator()

    @classmethod
    def load(cls, block: tuple[int, int]) -> int:
        """Write a block in one transaction and return how many services that were."""
        with cls.engine.begin() as connection:
            # A benchmark's data is made again where the machine dies over it.
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            _load(connection, list(cls.generator.services(*block)))
        return block[1]


@dataclass(frozen=True)
class _Towns:
    """The towns of a country with their weights added up."""

    towns: Sequence[Town]
    weights: Sequence[float]

    @classmethod
    def of(cls, country: str, towns: Sequence[Town]) -> _Towns:
        own = [town for town in towns if town.country == country]
        return cls(own, list(itertools.accumulate(town.weight for town in own)))

    def draw(self, rng: random.Random) -> Town:
        return rng.choices(self.towns, cum_weights=self.weights)[0]


class _Generator:
    """Writes services, four in a row of the same organization."""

    def __init__(self) -> None:
        self._rng = random.Random()  # noqa: S311 - data, no secrets
        towns = load_towns()
        self._writer = ListingWriter(towns=towns, rng=self._rng)
        self._towns = {country: _Towns.of(country, list(towns.values())) for country in _LANGUAGES}
        self._terms = list(OFFERS)
        self._weights = list(itertools.accumulate(offer["weight"] for offer in OFFERS.values()))

    def services(self, first: int, count: int) -> Iterator[tuple[Organization, dict[str, Any]]]:
        """Yield a block of services with their organizations; ``first`` is where it begins among all."""
        rng = self._rng
        rng.seed(_SEED + first)
        for start in range(first, first + count, _SERVICES_OF_ORGANIZATION):
            number = start // _SERVICES_OF_ORGANIZATION
            country = rng.choice(list(self._towns))
            town = self._towns[country].draw(rng)
            language = "sr-Latn" if country == "RS" and rng.random() < 0.4 else _LANGUAGES[country]
            owner = Organization(slug=f"bench-{number}", name=f"{town.name} {number}", town=town, language=language)
            for place in range(min(_SERVICES_OF_ORGANIZATION, first + count - start)):
                body = self._writer.listing(owner, rng.choices(self._terms, cum_weights=self._weights)[0], town)
                yield owner, {**body, "id": str(uuid.uuid5(uuid.UUID(owner.id), str(place)))}


def _load(connection: Connection, block: Sequence[tuple[Organization, dict[str, Any]]]) -> None:
    owners = {owner.id: owner for owner, _ in block}
    described = [
        Owner(id=owner.id, name=owner.name, description=owner.name, country=owner.town.country, agency_id=owner.id)
        for owner in owners.values()
    ]
    SqlOrganizationStore(connection).add_many(described, _NOW)
    listings = [_listing(owner, body) for owner, body in block]
    insert_rows(connection, listing_table, list(map(row_of_listing, listings)))
    centres = reference_of(connection).centres
    told = [entry for entry in listings if not isinstance(entry.content.location, ConfidentialLocation)]
    insert_rows(connection, location, [place_row(entry, centres) for entry in told])
    index_listings(connection, listings)
    publish_documents(connection, [entry.id for entry in listings])


def _listing(owner: Organization, body: dict[str, Any]) -> Listing:
    told = {name: value for name, value in body.items() if name not in ("id", "organization_id", "capacity")}
    listing = Listing(
        id=body["id"], organization_id=owner.id, content=content_from(told), created_at=_NOW, last_modified=_NOW
    )
    listing.publish(_NOW)
    return listing
