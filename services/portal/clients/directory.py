"""Client of the directory: finding services, and keeping an agency's listings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import IO, Any

import httpx

from services.portal.clients.api import Answer, Json, TokenOf
from services.portal.clients.ownership import OwnershipClient
from services.portal.clients.reviews import ReviewClient


class DirectoryClient(OwnershipClient, ReviewClient):
    """Public reads go without the user's token, so that a stale session never stands between a child and help.

    ``languages_of_reader`` says in which languages the reader is told of services, and of what is wrong with what was
    asked for. What an officer reads to change it is asked for in none: it comes in the words in which it was written.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token_of_user: TokenOf,
        languages_of_reader: Callable[[], str] = str,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(base_url, token_of_user=token_of_user, transport=transport)
        self._languages_of_reader = languages_of_reader

    def _call(
        self, method: str, path: str, *, headers: Mapping[str, str | None] | None = None, **request: Any
    ) -> Answer:
        """Ask in the reader's language for all that is more than reading; why it is refused is told in it."""
        languages = {} if method == "GET" else {"Accept-Language": self._languages_of_reader()}
        return super()._call(method, path, headers={**(headers or {}), **languages}, **request)

    def services(self, **filters: Any) -> Json:
        """Search the public services; the filters are the API's criteria and travel in the body."""
        return self._query("/services", json=filters).body

    def service(self, service_id: str) -> Json:
        """Read one public service, fully nested; of one that was merged, the one that stayed."""
        return self._get(f"/services/{service_id}", public=True, languages=self._languages_of_reader()).body

    def organization(self, organization_id: str) -> Json:
        """Read one public organization."""
        return self._get(f"/organizations/{organization_id}", public=True).body

    def openings(self, service_ids: Sequence[str]) -> dict[str, Json]:
        """Say of each service whether it is open and when that changes; the directory knows the public holidays."""
        items = self._query("/openings", json={"service_ids": list(service_ids)}).body["items"]
        return {item["service_id"]: item for item in items}

    def terms(self) -> list[Json]:
        """Read the terms of the taxonomy, parents before their children."""
        page = self._get("/taxonomy_terms", params={"per_page": 100}, public=True).body
        terms: list[Json] = list(page["contents"])
        while not page["last_page"]:
            following = {"per_page": 100, "page": page["page_number"] + 1}
            page = self._get("/taxonomy_terms", params=following, public=True).body
            terms += page["contents"]
        return terms

    def municipalities(self, **filters: Any) -> list[Json]:
        """Find places: ``search``, ``country``, ``code``, ``limit``."""
        return list(self.places_named(**filters)["items"])

    def places_named(self, **filters: Any) -> Json:
        """Find places as :meth:`municipalities`, with the ``country`` that the words name if they name one."""
        return self._get("/municipalities", params=filters, public=True).body

    def matches(self, criteria: Mapping[str, Any]) -> Json:
        """Find services for a child, told to the reader; the criteria travel in the body, not in an address."""
        return self._post("/matches", json=dict(criteria)).body

    def listings(
        self,
        *,
        status: str | None = None,
        cursor: str | None = None,
        confirm_within_days: int | None = None,
        search: str | None = None,
    ) -> Json:
        """Read a page of the agency's own listings, or of those that are to be confirmed soon or have these words."""
        params = {"status": status, "confirm_within_days": confirm_within_days, "search": search, "cursor": cursor}
        return self._get("/listings", params={**params, "limit": 100}).body

    def names_of_listings(self, listing_ids: Collection[str]) -> dict[str, str]:
        """Return the names by id, of fifty at the most; what the agency does not keep has none here."""
        params = {"id": sorted(listing_ids)[:50], "limit": 50}
        return {found["id"]: found["name"] for found in self._get("/listings", params=params).body["items"]}

    def confirm_listings(self, seen: Mapping[str, int]) -> Json:
        """Say that all of these still hold as they were seen; the answer names those that could not be confirmed."""
        listings = [{"id": listing_id, "version": version} for listing_id, version in seen.items()]
        return self._post("/listings/confirm", json={"listings": listings}).body

    def draft_listing(self, listing: Mapping[str, Any], *, idempotency_key: str) -> Json:
        """Write a draft."""
        return self._post("/listings", json=dict(listing), idempotency_key=idempotency_key).body

    def listing(self, listing_id: str) -> Answer:
        """Read one of the agency's own listings with its version."""
        return self._get(f"/listings/{listing_id}")

    def revise_listing(self, listing_id: str, content: Mapping[str, Any], *, if_match: str) -> Json:
        """Replace what a listing says."""
        return self._put(f"/listings/{listing_id}", json=dict(content), if_match=if_match).body

    def publish_listing(self, listing_id: str, *, if_match: str) -> Json:
        """Put a listing into the directory."""
        return self._post(f"/listings/{listing_id}/publish", if_match=if_match).body

    def withdraw_listing(self, listing_id: str, *, if_match: str) -> Json:
        """Take a listing out of the directory."""
        return self._post(f"/listings/{listing_id}/withdraw", if_match=if_match).body

    def delete_listing(self, listing_id: str, *, if_match: str) -> None:
        """Delete a draft that was never published."""
        self._delete(f"/listings/{listing_id}", if_match=if_match)

    def report_capacity(self, listing_id: str, capacity: Mapping[str, Any], *, if_match: str) -> Json:
        """Say how many places are free."""
        return self._put(f"/listings/{listing_id}/capacity", json=dict(capacity), if_match=if_match).body

    def versions(self, listing_id: str, *, before: int | None = None) -> Json:
        """Read a page of what became of a listing, the latest first."""
        return self._get(f"/listings/{listing_id}/versions", params={"before": before, "limit": 50}).body

    def version(self, listing_id: str, number: int) -> Json:
        """Read what one version says, and what going back to it would change."""
        return self._get(f"/listings/{listing_id}/versions/{number}").body

    def diff(self, listing_id: str, *, to: int | None = None, since: int | None = None) -> Json:
        """Read what two versions say differently; by default the latest and the one before."""
        return self._get(f"/listings/{listing_id}/diff", params={"from": since, "to": to}).body

    def revert_listing(self, listing_id: str, number: int, *, if_match: str, idempotency_key: str) -> Json:
        """Go back to what an older version said."""
        path = f"/listings/{listing_id}/revert"
        return self._post(path, json={"number": number}, if_match=if_match, idempotency_key=idempotency_key).body

    def close_listing(
        self, listing_id: str, closing: Mapping[str, Any], *, if_match: str, idempotency_key: str
    ) -> Json:
        """Close a service now or at a moment to come."""
        path = f"/listings/{listing_id}/close"
        return self._post(path, json=dict(closing), if_match=if_match, idempotency_key=idempotency_key).body

    def imports(self, *, cursor: str | None = None) -> Json:
        """Read a page of the agency's imports."""
        return self._get("/imports", params={"cursor": cursor}).body

    def create_import(self, content: IO[bytes], *, name: str, idempotency_key: str, **options: Any) -> Json:
        """Hand over a file; ``options`` are the API's parameters. Unless ``dry_run`` is false it is only tried."""
        return self._send("/imports", content, name=name, params=options, idempotency_key=idempotency_key).body

    def import_of(self, import_id: str) -> Answer:
        """Read how an import goes, with its version."""
        return self._get(f"/imports/{import_id}", languages=self._languages_of_reader())

    def import_rows(self, import_id: str, *, action: str | None = None, cursor: int | None = None) -> Json:
        """Read what became of the rows, or of those with one outcome."""
        params = {"action": action, "cursor": cursor}
        return self._get(f"/imports/{import_id}/rows", params=params, languages=self._languages_of_reader()).body

    def apply_import(self, import_id: str, *, if_match: str) -> Json:
        """Do what was tried."""
        return self._post(f"/imports/{import_id}/apply", if_match=if_match).body

    def cancel_import(self, import_id: str, *, if_match: str) -> Json:
        """Stop an import."""
        return self._post(f"/imports/{import_id}/cancel", if_match=if_match).body

    def import_template(self, language: str) -> bytes:
        """Read the empty table, its columns named in a language."""
        return self._file("/imports/template", params={"language": language})

    def export(self, format: str) -> bytes:
        """Read what the agency keeps as one file, in a format that an import takes."""
        return self._file("/exports/own", params={"format": format})

    def enquire(self, need: Mapping[str, Any], service_ids: Sequence[str], *, idempotency_key: str) -> Json:
        """Ask several services whether they have room; nothing about the child goes along but the need in codes."""
        asked = {"need": dict(need), "service_ids": list(service_ids)}
        return self._post("/capacity-enquiries", json=asked, idempotency_key=idempotency_key).body

    def enquiries(self, *, role: str | None = None, cursor: str | None = None) -> Json:
        """Read a page of the enquiries that the user's agency has sent or received."""
        return self._get("/capacity-enquiries", params={"role": role, "cursor": cursor}).body

    def enquiry(self, enquiry_id: str) -> Json:
        """Read an enquiry: whole to its asker, to an agency asked its own services alone."""
        return self._get(f"/capacity-enquiries/{enquiry_id}").body

    def close_enquiry(self, enquiry_id: str) -> Json:
        """Close an enquiry before its time."""
        return self._post(f"/capacity-enquiries/{enquiry_id}/close").body

    def answer_enquiry(self, enquiry_id: str, service_id: str, answer: Mapping[str, Any], *, if_match: str) -> Json:
        """Answer for a service of the user's agency."""
        path = f"/capacity-enquiries/{enquiry_id}/answers/{service_id}"
        return self._put(path, json=dict(answer), if_match=if_match).body

    def unmet_needs(self, *, by: str, month: str | None = None) -> Json:
        """Read how often no service met a need in the agency's country, in a month that is over."""
        return self._get("/unmet-needs", params={"by": by, "month": month}).body
