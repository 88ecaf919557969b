"""The directory's settings."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from chassis.settings import ServiceSettings, parse_positive, setting


def parse_address(text: str) -> str:
    """Read where a web server is, such as ``https://directory.example.org``; a slash at the end is dropped."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("use an address such as https://directory.example.org")
    return text.rstrip("/")


def parse_count(text: str) -> int:
    """Read a whole number above zero."""
    count = int(text)
    if count < 1:
        raise ValueError("use a whole number above zero")
    return count


def parse_days(text: str) -> int:
    """Read a number of days, a year at the most."""
    days = int(text)
    if not 1 <= days <= 366:
        raise ValueError("use a number of days from 1 to 366")
    return days


@dataclass(frozen=True, kw_only=True)
class DirectorySettings(ServiceSettings):
    """What every service needs, where the feeds of events are, and how much may be sent, read and waited for."""

    # Where the public reaches this service; without it addresses of our own are given from the root on.
    public_url: str = setting("PUBLIC_URL", default="", parse=parse_address)
    referral_url: str = setting("REFERRAL_URL", default="")
    identity_url: str = setting("IDENTITY_URL", default="")
    import_max_bytes: int = setting("IMPORT_MAX_BYTES", default=512 * 1024 * 1024, parse=int)
    # What one person asked for about the rule of review lapses where no second one has agreed by then.
    review_waiver_days: int = setting("REVIEW_WAIVER_DAYS", default=30, parse=parse_days)
    # Whoever reads an answer more slowly is broken off when the patience is used up; see api/slow_readers.py.
    reader_bytes_per_second: float = setting("READER_BYTES_PER_SECOND", default=16_384.0, parse=parse_positive)
    reader_patience_seconds: float = setting("READER_PATIENCE_SECONDS", default=30.0, parse=parse_positive)
    # A stream holds one state of the data for as long as it is read, however fast.
    stream_max_seconds: float = setting("STREAM_MAX_SECONDS", default=1800.0, parse=parse_positive)
    # Requests that a process works on before others wait: most of them compute. Where the database is far, more.
    requests_at_once: int = setting("REQUESTS_AT_ONCE", default=2, parse=parse_count)
