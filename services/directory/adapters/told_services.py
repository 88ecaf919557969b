"""Says how exports tell of services and of our own terms in HSDS, so that an import knows these words again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from services.directory.adapters import hsds_shapes, own_shapes
from services.directory.adapters.bulk_rows import is_among
from services.directory.adapters.service_rows import rows_of_services, term_select
from services.directory.adapters.tables import listing, taxonomy, taxonomy_term
from services.directory.domain.hsds_model import VERSIONS
from services.directory.domain.hsds_objects import reduced
from services.directory.domain.own_words import OWN
from services.directory.domain.told_tiers import own_terms


def told_services(connection: Connection, ids: Collection[str]) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Return of each service, by its id, what its keepers export, in each version; nothing of a confidential place.

    Our own words stand beside, as they do in the profile that has them.
    """
    wanted = select(listing).where(is_among(listing.c.id, ids))
    told: dict[str, Sequence[Mapping[str, Any]]] = {}
    for rows in rows_of_services(connection, wanted, list(ids)) if ids else ():
        # What is said for as long as a door is closed is no word of the listing's own.
        lasting = replace(rows, service={**rows.service, "closing_notice": None})
        document = hsds_shapes.service_in_full(lasting, hsds_shapes.places_in_full(lasting))
        own = {OWN: own_shapes.service_in_own_words(rows.service, rows.location)}
        told[rows.service["id"]] = [reduced("service", document, version=version) | own for version in VERSIONS]
    return told


def told_terms(connection: Connection, ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return what is told of those of the ids that are our own taxonomies and terms, by their ids."""
    terms = connection.execute(term_select().where(taxonomy_term.c.id.in_(ids))).mappings()
    taxonomies = connection.execute(select(taxonomy).where(taxonomy.c.id.in_(ids))).mappings()
    told = [*own_terms(), *map(hsds_shapes.taxonomy_term, terms), *map(hsds_shapes.taxonomy, taxonomies)]
    return {each["id"]: each for each in told if each["id"] in ids}
