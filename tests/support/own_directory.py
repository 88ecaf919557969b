"""A directory with a database of its own, for tests that fill it by the thousand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.migrations import migrate
from services.directory.adapters.reference_loader import load_reference
from services.directory.bootstrap import Directory, build
from services.directory.domain.listing import Listing, ListingContent
from services.directory.domain.organization import Organization
from services.directory.domain.versions import Change
from services.directory.entrypoints.asgi import create_app
from services.directory.settings import DirectorySettings
from tests.support.postgres import create_database, drop_database
from tests.support.tokens import ISSUER, TokenIssuer

SERVICE_FOLDER = Path(__file__).parents[2] / "services" / "directory"


@dataclass(frozen=True)
class OwnDirectory:
    """The service's parts, its application with a client, and the issuer of tokens that it trusts."""

    directory: Directory
    app: Any
    client: Any
    issuer: TokenIssuer

    def publish(self, listing_id: str, owner: Organization, content: ListingContent) -> None:
        """Publish one listing in a transaction of its own."""
        self.publish_all([(listing_id, owner, content)])

    def publish_all(self, entries: list[tuple[str, Organization, ListingContent]]) -> None:
        """Publish listings in one transaction, each organization kept the first time it is seen."""
        now = self.directory.clock.now()
        owners = {owner.id: owner for _, owner, _ in entries}
        listings = [
            Listing(id=listing_id, organization_id=owner.id, content=content, created_at=now, last_modified=now)
            for listing_id, owner, content in entries
        ]
        for listing in listings:
            listing.publish(now)
        with self.directory.unit_of_work() as uow:
            known = uow.organizations.find_many(owners)
            uow.organizations.add_many([owner for key, owner in owners.items() if key not in known], now)
            uow.listings.add_many([(listing, Change(action="published")) for listing in listings])
            uow.commit()


@contextmanager
def own_directory() -> Iterator[OwnDirectory]:
    """Create it with the reference data loaded; the database is dropped at the end."""
    url = create_database()
    migrate(SERVICE_FOLDER, url)
    settings = DirectorySettings(
        database_url=url, issuer=ISSUER, rate_limit_per_minute=10_000_000, public_url="https://directory.example.org"
    )
    directory, issuer = build(settings), TokenIssuer()
    with directory.engine.begin() as connection:
        load_reference(connection)
    app = create_app(settings, directory, verifier=issuer.verifier())
    # Within the block it keeps one event loop; outside of one it would start a thread and a loop for each request.
    with app.test_client() as client:
        yield OwnDirectory(directory, app, client, issuer)
    directory.engine.dispose()
    drop_database(url)
