"""What becomes of two records that turn out to be one: the kept one says what it said, and what is expressly taken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from services.directory.domain.errors import ContentDoesNotFit, TransitionNotAllowed
from services.directory.domain.listing import Listing, ListingContent, ListingStatus
from services.directory.domain.organization import LOOKED_AT, Organization

Kind = Literal["organization", "listing"]
# Of these the kept record's entries stay and the other's are added; the others are replaced as a whole.
_JOINED = frozenset({"taxonomy_terms", "languages", "serves", "accessibility"})
LISTING_FIELDS = frozenset(
    {
        "name", "alternate_name", "description", "phone", "email", "url", "application_process", "fees_description",
        "wait_time", "alert", "eligibility", "schedule", "location", "translations", *_JOINED,
    }
)  # fmt: skip
ORGANIZATION_FIELDS = frozenset(
    {"name", "alternate_name", "description", "email", "website", "phone", "translations", "organization_identifiers"}
)
# What goes with a field that is taken.
_WITH = {"schedule": ("always_open",), "translations": ("source_language",)}


@dataclass(frozen=True, kw_only=True)
class Merge:
    """One merge that was done; ``fields`` says of each field that was asked for from where it is now."""

    id: str
    kind: Kind
    kept_id: str
    folded_id: str
    agency_id: str
    merged_at: datetime
    fields: Mapping[str, str]


def version_of(organization: Organization) -> str:
    """Return what tells one state of an organization from another; it carries no number of its own."""
    state = json.dumps(asdict(organization), sort_keys=True, default=str)
    return hashlib.sha256(state.encode()).hexdigest()[:16]


def check_mergeable(
    kept: Listing, folded: Listing, *, take: Collection[str], keeper: Organization, former: Organization
) -> None:
    """Raise unless the one may be folded into the other; ``keeper`` and ``former`` are the organizations they are of.

    A merge is no way around a second pair of eyes, nor does it take a service from the agency that answers for it.
    """
    _check_two(kept.id, folded.id)
    _check_fields(take, LISTING_FIELDS)
    _check_owners(keeper, former)
    if ListingStatus.WITHDRAWN in (kept.status, folded.status):
        raise TransitionNotAllowed("A withdrawn listing takes no part in a merge.", allowed_actions=["publish"])
    if folded.is_published and not kept.is_published:
        raise TransitionNotAllowed("Publish the one that is kept first.", allowed_actions=["publish"])
    if take and keeper.is_review_required and kept.is_published:
        raise TransitionNotAllowed(
            "What stands in the directory changes by review: merge without taking fields, then revise.",
            allowed_actions=["edit"],
        )


def merged_content(
    kept: ListingContent, folded: ListingContent, take: Collection[str]
) -> tuple[ListingContent, dict[str, str]]:
    """Return what the kept listing says from now on, and for each field taken whether it is now of one or of both."""
    _check_said(kept, folded, take)
    changes: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name in sorted(take):
        if name in _JOINED:
            changes[name] = tuple(dict.fromkeys((*getattr(kept, name), *getattr(folded, name))))
            origins[name] = "both"
            continue
        changes |= {each: getattr(folded, each) for each in (name, *_WITH.get(name, ()))}
        origins[name] = "folded"
    return replace(kept, **changes), origins


def check_organizations_mergeable(
    kept: Organization, folded: Organization, *, take: Collection[str], moving: Iterable[Listing]
) -> None:
    """Raise unless the one may be folded into the other; ``moving`` are the listings that go with it.

    Referrals must go on arriving where they did, and nothing comes under a name unseen under which a second person
    looks at what is published.
    """
    _check_two(kept.id, folded.id)
    _check_fields(take, ORGANIZATION_FIELDS)
    if kept.is_review_required and any(name in LOOKED_AT for name in take):
        raise TransitionNotAllowed(
            "What the organization says changes by review: merge without taking texts, then revise.",
            allowed_actions=["edit"],
        )
    _check_owners(kept, folded)
    is_unseen = kept.is_review_required and not folded.is_review_required
    if is_unseen and any(listing.is_published for listing in moving):
        raise TransitionNotAllowed(
            "Services of the one you fold were published without a second person, who looks at those of the one you"
            " keep: withdraw them first, merge, and publish them anew.",
            allowed_actions=["withdraw"],
        )


def _check_owners(keeper: Organization, former: Organization) -> None:
    if former.agency_id is not None and former.agency_id != keeper.agency_id:
        raise TransitionNotAllowed(
            "Referrals to its services go to an agency that is not behind the one you keep.", allowed_actions=[]
        )
    if former.is_review_required and not keeper.is_review_required:
        raise TransitionNotAllowed(
            "A second person looks at what the folded one says: ask for the same of the one you keep first.",
            allowed_actions=[],
        )


def merged_organization(
    kept: Organization, folded: Organization, take: Collection[str]
) -> tuple[Organization, dict[str, str]]:
    """Return the kept organization as it is from now on, and for each field taken where it is from."""
    _check_said(kept, folded, [name for name in take if name != "organization_identifiers"])
    taken = [each for name in take for each in (name, *_WITH.get(name, ())) if name != "organization_identifiers"]
    changes: dict[str, Any] = {name: getattr(folded, name) for name in taken}
    origins = dict.fromkeys(sorted(take), "folded")
    if "organization_identifiers" in take:
        joined = [*kept.hsds.get("organization_identifiers", ()), *folded.hsds.get("organization_identifiers", ())]
        changes["hsds"] = {**kept.hsds, "organization_identifiers": joined} if joined else kept.hsds
        origins["organization_identifiers"] = "both"
    return replace(kept, **changes), origins


def _check_two(kept_id: str, folded_id: str) -> None:
    if kept_id == folded_id:
        raise ContentDoesNotFit(
            "A record cannot be folded into itself.",
            code="folded_into_itself",
            fields=("keep_id", "fold_id"),
        )


def _check_said(kept: Any, folded: Any, take: Collection[str]) -> None:
    """Refuse to take what the kept one says and the folded one does not: nothing would be left of it."""
    _check_fields(take, frozenset(name for name in take if _is_said(folded, name) or not _is_said(kept, name)))


def _is_said(folded: Any, name: str) -> bool:
    told = (name, "always_open") if name == "schedule" else (name,)
    return any(getattr(folded, each) for each in told)


def _check_fields(take: Collection[str], known: frozenset[str]) -> None:
    unknown = sorted(set(take) - known)
    if unknown:
        raise ContentDoesNotFit(
            f"There is nothing to take under these names: {', '.join(unknown)}.",
            code="nothing_to_take",
            fields=("take",),
            names=unknown,
        )
