"""How long what a listing says may be, and what an address or a number looks like: as the API description has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from services.directory.domain.imports import Fault

# By the columns of the simple file.
LONGEST: Mapping[str, int] = {
    "name": 200, "alternate_name": 200, "description": 5000, "eligibility": 2000, "application_process": 2000,
    "fees_description": 2000, "wait_time": 200, "alert": 1000, "phone": 40, "email": 254, "url": 500,
    "address_1": 200, "postal_code": 20,
}  # fmt: skip
MOST: Mapping[str, int] = {"terms": 20, "languages": 20, "serves": 400, "schedule": 21, "accessibility": 15}
# Feeds say more than people write here, but no feed needs a book in one field.
LONGEST_IN_FEEDS = 20_000
LONGEST_NAME_IN_FEEDS = 1000
_PHONE = re.compile(r"[0-9+() /.-]{3,40}\Z")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+\Z", re.IGNORECASE)


def is_phone(text: str) -> bool:
    """Say whether it can be dialled."""
    return bool(_PHONE.match(text))


def is_web_address(text: str) -> bool:
    """Say whether a browser that follows it asks a web server, and does nothing else."""
    return bool(_WEB_ADDRESS.match(text))


def faults_beyond_limits(row: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what in a row of the simple file the API would refuse for its length or its form."""
    for column, limit in LONGEST.items():
        if len(row.get(column, "")) > limit:
            yield Fault(column, "too_long", {"limit": limit})
    if row.get("phone") and not is_phone(row["phone"]):
        yield Fault("phone", "not_phone")
    if row.get("url") and not is_web_address(row["url"]):
        yield Fault("url", "not_web_address")
