"""Who may see a service or an organization, as files say it: in columns of the simple CSV, as attributes in HSDS."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.hsds_check import is_uuid
from services.directory.domain.imports import Fault
from services.directory.domain.listing import ListingContent, Tier
from services.directory.domain.service_columns import TIER_OF
from services.directory.domain.spelling import plain

# HSDS has no word for it; every version has attributes, which its tables carry too.
_TIER, _NAMED = "lidhja-tier", "lidhja-named-agency"
_MEANINGS = {
    _TIER: "Who may find it: network, every signed-in agency; named, the agencies that are named.",
    _NAMED: "An agency that may find it, by its id.",
}
# As the API takes them.
_MOST_NAMED = 200


def told_in_row(row: Mapping[str, str], before: ListingContent | None) -> tuple[dict[str, Any], list[Fault]]:
    """Return the fields that a row of CSV says, with what is wrong; empty cells leave what was."""
    word, cell = plain(row.get("tier", "")), row.get("named_agencies", "")
    agencies = tuple(dict.fromkeys(part.strip().lower() for part in cell.replace(",", ";").split(";") if part.strip()))
    faults = []
    if word and word not in TIER_OF:
        faults.append(Fault("tier", "not_allowed", {"allowed": [tier.value for tier in Tier]}))
    if not all(map(is_uuid, agencies)):
        faults.append(Fault("named_agencies", "not_uuid"))
    if len(agencies) > _MOST_NAMED:
        faults.append(Fault("named_agencies", "too_many", {"limit": _MOST_NAMED}))
    said: dict[str, Any] = {"named_agencies": agencies} if agencies else {}
    if word in TIER_OF:
        said["tier"] = tier = Tier(TIER_OF[word])
        if tier is not Tier.NAMED:
            said.setdefault("named_agencies", ())
        elif not agencies and not (before and before.named_agencies):
            faults.append(Fault("named_agencies", "missing"))
    return said, faults


def told_apart(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Return an HSDS document without what it says of who may see it, and that as fields; none where it says nothing.

    Raises ContentDoesNotFit for a tier that is not known here: nobody shall see more for that.
    """
    attributes = document.get("attributes") or ()
    others = [attribute for attribute in attributes if attribute.get("link_type") not in (_TIER, _NAMED)]
    if len(others) == len(attributes):
        return document, {}
    tiers = [str(attribute.get("value")) for attribute in attributes if attribute.get("link_type") == _TIER]
    if len(tiers) != 1 or tiers[0] not in [tier.value for tier in Tier]:
        raise ContentDoesNotFit(
            "Who may see it is said in a way that is not known here.", code="tier_unknown", fields=("tier",)
        )
    named = [str(attribute.get("value")).lower() for attribute in attributes if attribute.get("link_type") == _NAMED]
    if not all(map(is_uuid, named)) or len(named) > _MOST_NAMED:
        raise ContentDoesNotFit(
            f"The agencies that may see it are named by their ids, {_MOST_NAMED} at the most.",
            code="agencies_unfit",
            fields=("named_agencies",),
            limit=_MOST_NAMED,
        )
    rest = {name: value for name, value in document.items() if name != "attributes"}
    return {**rest, **({"attributes": others} if others else {})}, {
        "tier": Tier(tiers[0]),
        "named_agencies": tuple(dict.fromkeys(named)),
    }


def attributes_of(kind: str, record_id: str, tier: str, named_agencies: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return what an export says of who may see a service or an organization; of what is public nothing.

    So an export that has grown old shows nothing to more than may see it today.
    """
    if tier == Tier.PUBLIC.value:
        return []
    told = [(_TIER, tier), *((_NAMED, agency) for agency in named_agencies)]
    return [
        {
            "id": str(uuid.uuid5(uuid.UUID(record_id), f"{link_type}:{value}")),
            "link_id": record_id,
            "link_entity": kind,
            "link_type": link_type,
            "value": value,
            "taxonomy_term_id": _term(link_type)["id"],
            "taxonomy_term": _term(link_type),
        }
        for link_type, value in told
    ]


def own_terms() -> list[Mapping[str, str]]:
    """Return the terms that say so in exports; they are no part of any taxonomy."""
    return [_term(link_type) for link_type in _MEANINGS]


def _term(link_type: str) -> dict[str, str]:
    """Return the term that tables of HSDS ask of every attribute."""
    term_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:{link_type}"))
    return {"id": term_id, "code": link_type, "name": link_type, "description": _MEANINGS[link_type]}
