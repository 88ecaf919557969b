"""Turns what HSDS says of organizations and services into our own, and keeps everything else as it came."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from services.directory.domain.content_limits import is_phone
from services.directory.domain.eligibility import Eligibility
from services.directory.domain.feed_facts import without_facts
from services.directory.domain.last_words import Said, Words, settled
from services.directory.domain.listing import ListingContent
from services.directory.domain.location import ConfidentialLocation, Location, PhysicalLocation, VirtualLocation
from services.directory.domain.organization import Organization
from services.directory.domain.own_words import OWN, OwnWords, words_of_organization, words_of_service
from services.directory.domain.repeated_words import (
    SAID_ELSEWHERE,
    SAID_OF_ORGANIZATION,
    SAID_OF_SERVICE,
    alike_kept,
    repeated_in,
    words_of,
)
from services.directory.domain.repeated_words import words_of_service as words_told
from services.directory.domain.told_tiers import told_apart

# Fields of a service that a listing has of its own, under the same name.
_OWN_TEXTS = (
    "name", "alternate_name", "description", "url", "email", "application_process", "fees_description", "wait_time",
    "alert",
)  # fmt: skip
_OWN_OF_ORGANIZATION = ("name", "alternate_name", "description", "email", "website")
_SERVICES_SAID_APART = frozenset(("id", "services"))
_OLDEST = 120
_LONGEST_CODE = 12
# A report repeats no more of what a file holds.
_LONGEST_SAID, _MOST_SAID = 60, 20


class Gazetteer(Protocol):
    """Knows the places and the kinds of help under all their names."""

    def place_at(self, names: Iterable[str], country: str | None, latitude: Any, longitude: Any) -> str | None:
        """Return the code of the place with one of these names, or else of the nearest one, or None."""
        ...

    def areas(self, said: Iterable[Sequence[str]], country: str | None) -> tuple[str, ...]:
        """Return the codes of areas that are told by their codes and names, as far as they are known."""
        ...

    def terms(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the codes of the kinds of help among these names, codes and ids."""
        ...


def organization_of(
    document: Mapping[str, Any],
    *,
    keeper: str,
    country: str,
    before: Organization | None,
    is_public: bool,
    last: Words,
) -> Said[Organization]:
    """Return the organization that a document describes; who receives its referrals is not for the file to say.

    ``is_public`` is for one that is new and does not say otherwise; who may see one that is there already stays as it
    was, and so does what the document says as it said it the ``last`` time.
    """
    document, tier = told_apart(document)
    beyond = words_of_organization(document)
    own = {name: document.get(name) for name in _OWN_OF_ORGANIZATION}
    detail = {
        name: value
        for name, value in document.items()
        if name not in _OWN_OF_ORGANIZATION and name not in _SERVICES_SAID_APART
    }
    texts: dict[str, Any] = {**own, "name": own["name"], "description": own["description"] or ""}
    if beyond is not None:
        texts |= beyond.fields
        detail = _beside(detail, beyond.kept | (before.hsds.keys() if before else set()))
    words = words_of({name: value for name, value in document.items() if name not in _SERVICES_SAID_APART})
    if before is not None:
        content = replace(before, **texts, hsds=alike_kept(detail, before.hsds))
        return settled(content, before, words, last, said_by=SAID_OF_ORGANIZATION)
    new = Organization(
        id=document["id"].lower(),
        **texts,
        country=country,
        maintaining_agency_id=keeper,
        hsds=detail,
        is_public=is_public and not tier,
    )
    return Said(new, words)


def told_of(organization: Organization) -> dict[str, Any]:
    """Return what an organization says in fields of its own, under HSDS's names."""
    return {name: value for name in _OWN_OF_ORGANIZATION if (value := getattr(organization, name))}


def country_of(document: Mapping[str, Any]) -> str | None:
    """Return the country that a document says in our own words, or that of the first address anywhere in it."""
    beyond = document.get(OWN)
    if isinstance(beyond, Mapping) and beyond.get("country"):
        return str(beyond["country"])[:2]
    for address in _addresses(document):
        country = str(address.get("country") or "")
        if len(country) == 2 and country.isalpha():
            return country.upper()
    return None


def content_of(
    document: Mapping[str, Any],
    gazetteer: Gazetteer,
    *,
    country: str | None,
    before: ListingContent | None,
    told: Iterable[Mapping[str, Any]] = (),
    last: Words,
) -> Said[ListingContent]:
    """Return what a service says as a listing's content.

    Where HSDS says it, our own fields follow, so that search and matching find it; what it says is kept whole. What
    HSDS has no word for stays as it was, and so does what only repeats what we have ``told``, or what the document said
    the ``last`` time. Raises ContentDoesNotFit where fields contradict each other.
    """
    document, tier = told_apart(document)
    beyond = words_of_service(document)
    texts = {name: document.get(name) for name in _OWN_TEXTS}
    ages = _ages(document)
    detail = _detail(document, ages)
    country = country_of(document) or country
    said: dict[str, Any] = {
        **texts,
        "description": texts["description"] or "",
        "taxonomy_terms": gazetteer.terms(_terms_said(document)),
        "languages": tuple(dict.fromkeys(_languages(document))),
        "serves": gazetteer.areas(areas_said(document), country),
        "location": _location(document, gazetteer, country),
        "phone": _phone(document),
        "hsds": detail,
        **tier,
    }
    if beyond is not None:
        said |= beyond.fields
        said |= {"location": _as_said(said["location"], beyond), "hsds": _beside(detail, beyond.kept)}
    meant = {name: said[name] for name in ("serves", "location", "taxonomy_terms")}
    words = words_told(document, **meant, tier=tier)
    kept = before.eligibility if before is not None else None
    said["eligibility"] = _eligibility(document, ages, beyond if beyond is not None else kept)
    if before is None:
        return Said(ListingContent(**said), words)
    if isinstance(before.location, ConfidentialLocation):
        said["location"] = before.location
    repeated = repeated_in(document, told)
    return settled(replace(before, **said), before, words, last, said_by=SAID_OF_SERVICE, repeated=repeated)


def _eligibility(
    document: Mapping[str, Any], ages: Mapping[str, int], sex_told: OwnWords | Eligibility | None
) -> Eligibility:
    """Return whom it is for; of the sex HSDS has no word, so it is as our own words beside it say, or as it was."""
    eligibility = Eligibility(
        minimum_age=ages.get("minimum_age"),
        maximum_age=ages.get("maximum_age"),
        description=document.get("eligibility_description"),
    )
    return replace(eligibility, sex=sex_told.sex) if sex_told is not None else eligibility


def _phone(document: Mapping[str, Any]) -> str | None:
    """Return the first number that can be called."""
    numbers = (str(phone.get("number")) for phone in _parts(document, "phones"))
    return next(filter(is_phone, numbers), None)


def _detail(document: Mapping[str, Any], ages: Mapping[str, int]) -> dict[str, Any]:
    """Return what a listing has no field for, and the ages that are not whole years."""
    beside = without_facts(document)
    not_kept = {*_OWN_TEXTS, *SAID_ELSEWHERE, "eligibility_description"}
    not_kept |= {name for name, age in ages.items() if document[name] == age}
    return {name: value for name, value in beside.items() if name not in not_kept}


def _beside(detail: Mapping[str, Any], kept: Collection[str]) -> dict[str, Any]:
    """Return what came with an import; everything else of the detail says again what our own fields say."""
    return {name: value for name, value in detail.items() if name in kept and name != OWN}


def _as_said(found: Location, beyond: OwnWords) -> Location:
    """Return the place of the kind that was exported; the middle of a municipality is nobody's address."""
    if beyond.place == "confidential":
        return ConfidentialLocation()
    if beyond.place == "virtual":
        return VirtualLocation()
    if isinstance(found, PhysicalLocation) and not beyond.is_exact:
        return replace(found, latitude=None, longitude=None)
    return found


def _ages(document: Mapping[str, Any]) -> dict[str, int]:
    """Return the ages that are ages, in whole years; others stay in the detail, where they harm no comparison.

    Age is counted in years that are full, so who may be five and a half may be five, and at seventeen and a half the
    last year that is full is the seventeenth.
    """
    told = {name: document.get(name) for name in ("minimum_age", "maximum_age")}
    ages = {name: math.floor(age) for name, age in told.items() if isinstance(age, int | float) and math.isfinite(age)}
    low, high = ages.get("minimum_age", 0), ages.get("maximum_age", _OLDEST)
    return ages if 0 <= low <= high <= 1000 else {}


def _location(document: Mapping[str, Any], gazetteer: Gazetteer, country: str | None) -> Location:
    for place in _parts(document, "service_at_locations"):
        where = place.get("location") or {}
        if where.get("location_type") == "virtual":
            continue
        address = next(_parts(where, "addresses"), {})
        latitude, longitude = where.get("latitude"), where.get("longitude")
        names = [where.get("external_identifier"), address.get("city"), address.get("region"), where.get("name")]
        code = gazetteer.place_at([str(name) for name in names if name], country, latitude, longitude)
        if code is not None:
            is_exact = _is_on_earth(latitude, longitude)
            return PhysicalLocation(
                municipality=code,
                # HSDS requires them, and leaves them empty where there are none.
                address_1=address.get("address_1") or None,
                postal_code=address.get("postal_code") or None,
                latitude=latitude if is_exact else None,
                longitude=longitude if is_exact else None,
            )
    return VirtualLocation()


def _is_on_earth(latitude: Any, longitude: Any) -> bool:
    is_pair = isinstance(latitude, int | float) and isinstance(longitude, int | float)
    return is_pair and -90 <= latitude <= 90 and -180 <= longitude <= 180


def _terms_said(document: Mapping[str, Any]) -> Iterator[str]:
    for attribute in _parts(document, "attributes"):
        yield from _names_of_term(attribute)


def _names_of_term(attribute: Mapping[str, Any]) -> list[str]:
    """Return what an attribute calls its term, the name first and the ids last; a table names it by its id alone."""
    term = attribute.get("taxonomy_term") or {}
    said = (term.get("name"), term.get("code"), term.get("id"), attribute.get("taxonomy_term_id"))
    return [str(name) for name in said if name]


def unknown_terms(document: Mapping[str, Any], gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return what a service calls the terms that are none of ours, 20 at the most; they are kept as they came."""
    document, _ = told_apart(document)
    told = filter(None, map(_names_of_term, _parts(document, "attributes")))
    unknown = dict.fromkeys(names[0][:_LONGEST_SAID] for names in told if not gazetteer.terms(names))
    return tuple(unknown)[:_MOST_SAID]


def areas_said(document: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the code and the name, as far as it has them, of each area that a service, or one at a place, serves."""
    for area in _parts(document, "service_areas"):
        said = tuple(str(area[name]) for name in ("extent", "name") if area.get(name))
        if said:
            yield said


def _languages(document: Mapping[str, Any]) -> Iterator[str]:
    for language in _parts(document, "languages"):
        code = str(language.get("code") or "")
        if 0 < len(code) <= _LONGEST_CODE:
            yield code


def _addresses(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for place in _parts(document, "service_at_locations"):
        yield from _parts(place.get("location") or {}, "addresses")
    for where in _parts(document, "locations"):
        yield from _parts(where, "addresses")


def _parts(document: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    yield from document.get(name) or ()
