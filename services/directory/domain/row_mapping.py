"""Turns a row of the simple CSV file into a listing's content, or says column by column what is wrong with it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import replace
from typing import Any, Protocol

from services.directory.domain.accessibility import ACCESSIBILITY
from services.directory.domain.content_limits import MOST, faults_beyond_limits
from services.directory.domain.eligibility import Eligibility, Sex
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.hsds_check import is_uuid
from services.directory.domain.imports import Fault
from services.directory.domain.listing import ListingContent, ScheduleEntry
from services.directory.domain.location import ConfidentialLocation, Location, PhysicalLocation, VirtualLocation
from services.directory.domain.service_columns import NO, PLACE_OF, REQUIRED, SEX_OF, YES
from services.directory.domain.spelling import plain
from services.directory.domain.told_tiers import told_in_row

_TEXTS = (
    "alternate_name", "phone", "email", "url", "application_process", "fees_description", "wait_time", "alert",
)  # fmt: skip
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?\Z", re.ASCII)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_HOURS = re.compile(
    r"([A-Z]{2})(?:\s*[-–]\s*([A-Z]{2}))?((?:\+[A-Z]{2})*)\s+(\d\d?)[:.](\d\d)\s*[-–]\s*(\d\d?)[:.](\d\d)\Z"
)
_ALWAYS = ("always", "24/7")
_PARTED = re.compile(r"[;,|\n]")


class Names(Protocol):
    """Knows the places and the kinds of help under all their names."""

    def codes_of_place(self, name: str, country: str | None) -> list[str]:
        """Return the codes of all places of this name, or of this code."""
        ...

    def terms(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the codes of the kinds of help among these names and codes."""
        ...


def id_of_row(row: Mapping[str, str], organization_id: str) -> str:
    """Return the id of a row: its own, or one made of its reference or else its name, the same at every import."""
    if is_uuid(row.get("id", "")):
        return row["id"].lower()
    reference = row.get("reference") or f"name:{plain(row.get('name', ''))}"
    return str(uuid.uuid5(uuid.UUID(organization_id), reference))


def named_by(row: Mapping[str, str]) -> str:
    """Return the column that tells a row from all others."""
    return "id" if is_uuid(row.get("id", "")) else "reference" if row.get("reference") else "name"


def tells_of_hidden(row: Mapping[str, Any]) -> bool:
    """Say whether a row calls its place confidential, whatever else is wrong with it."""
    return PLACE_OF.get(plain(row.get("place") or "")) == "confidential"


def is_to_be_read(row: Mapping[str, str]) -> bool:
    """Say whether the row is to be published where the import is: one that an export calls a draft stays one."""
    return plain(row.get("status", "")) in ("", "published")


def content_of_row(
    row: Mapping[str, str], names: Names, *, country: str | None, before: ListingContent | None
) -> tuple[ListingContent | None, list[Fault]]:
    """Return what a row says, or None with what is wrong with it. Columns that the file has not stay as they were."""
    reader = _RowReader(row, names, country)
    said = reader.read(before)
    if reader.faults:
        return None, reader.faults
    if before is not None:
        return replace(before, **said), []
    return ListingContent(**said), []


def _says(content: ListingContent, column: str) -> bool:
    """Say whether a listing has what a column asks for; what came from a feed may not."""
    return bool(getattr(content, {"terms": "taxonomy_terms"}.get(column, column)))


class _RowReader:
    """Reads the columns of one row and collects what is wrong."""

    def __init__(self, row: Mapping[str, str], names: Names, country: str | None) -> None:
        self._row = row
        self._names = names
        self._country = country
        self.faults: list[Fault] = []

    def read(self, before: ListingContent | None) -> dict[str, Any]:
        for column in REQUIRED:
            if not self._row.get(column) and (before is None or (column in self._row and _says(before, column))):
                self.faults.append(Fault(column, "missing"))
        if self._row.get("id") and not is_uuid(self._row["id"]):
            self.faults.append(Fault("id", "not_uuid"))
        self.faults += faults_beyond_limits(self._row)
        said: dict[str, Any] = {name: self._row[name] or None for name in _TEXTS if name in self._row}
        said |= {name: self._row[name] for name in ("name", "description") if name in self._row}
        if before is not None:
            # The blanks around a text do not come through a table, nor does what is empty and yet a text.
            known = {name: getattr(before, name) for name in said}
            said |= {name: known[name] for name, text in said.items() if (known[name] or "").strip() == (text or "")}
        # A file need not have the column: then nothing is said of it, and what is known stays.
        said |= ({} if before else {"serves": ()}) | self._lists()
        if "schedule" in self._row:
            said |= self._hours(self._row["schedule"], before.schedule if before else ())
        if self._row.get("accepts_referrals"):
            said["accepts_referrals"] = self._yes_or_no("accepts_referrals")
        if said.get("email") and not _EMAIL.match(said["email"]):
            self.faults.append(Fault("email", "not_email"))
        tier, faults = told_in_row(self._row, before)
        said |= tier
        self.faults += faults
        said["eligibility"] = self._eligibility(before.eligibility if before else Eligibility())
        said["location"] = self._location(before.location if before else VirtualLocation())
        return said

    def _lists(self) -> dict[str, Any]:
        readers: dict[str, tuple[str, Callable[[str], str | None]]] = {
            "terms": ("taxonomy_terms", self._term),
            "languages": ("languages", self._language),
            "serves": ("serves", lambda name: self._place("serves", name)),
            "accessibility": ("accessibility", self._accessibility),
        }
        said: dict[str, Any] = {}
        for column, (field, read) in readers.items():
            if column in self._row:
                parts = [part.strip() for part in _PARTED.split(self._row[column])]
                found = [code for part in parts if part and (code := read(part))]
                said[field] = tuple(dict.fromkeys(found))
                self._count(column, said[field])
        return said

    def _count(self, column: str, found: Sized) -> None:
        if len(found) > MOST[column]:
            self.faults.append(Fault(column, "too_many", {"limit": MOST[column]}))

    def _term(self, name: str) -> str | None:
        found = self._names.terms([name])
        if not found:
            self.faults.append(Fault("terms", "unknown_term", {"value": name[:60]}))
        return found[0] if found else None

    def _language(self, code: str) -> str | None:
        if _LANGUAGE.match(code):
            return code
        self.faults.append(Fault("languages", "unknown_language", {"value": code[:60]}))
        return None

    def _accessibility(self, code: str) -> str | None:
        if code in ACCESSIBILITY:
            return code
        self.faults.append(Fault("accessibility", "not_allowed", {"allowed": list(ACCESSIBILITY)}))
        return None

    def _place(self, column: str, name: str) -> str | None:
        codes = self._names.codes_of_place(name, self._country)
        if len(codes) == 1:
            return codes[0]
        if codes:
            params = {"value": name[:60], "codes": sorted(codes)[:10]}
            self.faults.append(Fault(column, "ambiguous_municipality", params))
        else:
            self.faults.append(Fault(column, "unknown_municipality", {"value": name[:60]}))
        return None

    def _hours(self, text: str, before: Iterable[ScheduleEntry]) -> dict[str, Any]:
        """Return the hours; what the file cannot say of an entry, such as its description, stays."""
        if text.strip().lower() in _ALWAYS:
            return {"always_open": True, "schedule": ()}
        known = {(entry.byday, entry.opens_at, entry.closes_at): entry for entry in before}
        entries = [self._hours_entry(part.strip()) for part in _PARTED.split(text) if part.strip()]
        told = [known.get((entry.byday, entry.opens_at, entry.closes_at), entry) for entry in entries if entry]
        self._count("schedule", told)
        return {"always_open": False, "schedule": tuple(told)}

    def _hours_entry(self, text: str) -> ScheduleEntry | None:
        found = _HOURS.match(text.upper())
        days = _days(found.group(1), found.group(2), found.group(3)) if found else ()
        if not found or not days:
            self.faults.append(Fault("schedule", "bad_hours"))
            return None
        opens, closes = (f"{int(found.group(n)):02}:{found.group(n + 1)}" for n in (4, 6))
        if not "00:00" <= opens < closes <= "24:00" or opens[3:] > "59" or closes[3:] > "59":
            self.faults.append(Fault("schedule", "bad_hours"))
            return None
        return ScheduleEntry(byday=days, opens_at=opens, closes_at=closes)

    def _yes_or_no(self, column: str) -> bool:
        word = plain(self._row[column])
        if word not in YES | NO:
            self.faults.append(Fault(column, "not_yes_no"))
        return word not in NO

    def _eligibility(self, before: Eligibility) -> Eligibility:
        said: dict[str, Any] = {n: self._age(n) for n in ("minimum_age", "maximum_age") if n in self._row}
        if self._row.get("sex"):
            word = plain(self._row["sex"])
            if word not in SEX_OF:
                self.faults.append(Fault("sex", "not_allowed", {"allowed": ["any", "female", "male"]}))
            said["sex"] = Sex(SEX_OF.get(word, "any"))
        if "eligibility" in self._row:
            said["description"] = self._row["eligibility"] or None
        try:
            return replace(before, **said)
        except ContentDoesNotFit as misfit:
            self.faults.append(Fault("minimum_age", "does_not_fit", misfit.told))
            return before

    def _age(self, column: str) -> int | None:
        text = self._row[column]
        if not text:
            return None
        if text.isdecimal() and len(text) <= 3 and int(text) <= 120:
            return int(text)
        self.faults.append(Fault(column, "not_age"))
        return None

    def _location(self, before: Location) -> Location:
        town = self._row.get("municipality", "")
        word = plain(self._row.get("place", ""))
        kind = PLACE_OF.get(word, "physical" if town and not word else "")
        if self._row.get("place") and not kind:
            self.faults.append(Fault("place", "not_allowed", {"allowed": ["address", "everywhere", "confidential"]}))
            # What else is wrong is said at once, not after the next try.
            kind = "physical" if town else ""
        if isinstance(before, ConfidentialLocation) and kind != "confidential":
            return self._still_hidden(before, word)
        if kind == "confidential":
            return self._confidential(before, town)
        if kind != "physical":
            return before if not kind else VirtualLocation()
        if not town:
            self.faults.append(Fault("municipality", "missing"))
            return before
        code = self._place("municipality", town)
        latitude, longitude = self._coordinate("latitude", 90), self._coordinate("longitude", 180)
        if code is None or (latitude is None) != (longitude is None):
            if code is not None:
                self.faults.append(Fault("latitude" if latitude is None else "longitude", "missing"))
            return before
        return PhysicalLocation(municipality=code, **self._address(), latitude=latitude, longitude=longitude)

    def _still_hidden(self, before: Location, word: str) -> Location:
        """Leave a place as it is that is hidden: no file shows it, and only a row that calls it so tells of it anew."""
        if word in PLACE_OF:
            self.faults.append(Fault("place", "confidential_stays"))
        return before

    def _confidential(self, before: Location, town: str) -> Location:
        """An export leaves the address of a shelter out: without one in the file, the known one stays."""
        if not town and not self._row.get("address_1") and isinstance(before, ConfidentialLocation):
            return before
        code = self._place("municipality", town) if town else None
        return ConfidentialLocation(municipality=code, **self._address())

    def _address(self) -> dict[str, Any]:
        return {name: self._row.get(name) or None for name in ("address_1", "postal_code")}

    def _coordinate(self, column: str, limit: int) -> float | None:
        text = self._row.get(column, "").replace(",", ".")
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if -limit <= number <= limit:
            return number
        self.faults.append(Fault(column, "not_number"))
        return None


def _days(first: str, last: str | None, others: str) -> tuple[str, ...]:
    """Return the days of ``MO``, ``MO-FR`` or ``MO+WE``; none where one of them is no day."""
    named = others.split("+")[1:]
    if not {first, last or first, *named} <= set(_DAYS):
        return ()
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    return (*_DAYS[start : end + 1], *named)
