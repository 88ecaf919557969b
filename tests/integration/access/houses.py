"""What stands behind each door: how the things of the four services come to be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from chassis.migrations import migrate
from chassis.testing.fakes import FakeClock
from services.directory.adapters.reference_loader import load_reference
from services.directory.bootstrap import build as build_directory
from services.directory.entrypoints.asgi import create_app as create_directory_app
from services.directory.settings import DirectorySettings
from services.identity.domain.access import Role
from services.notify.bootstrap import build_container as build_notify
from services.notify.domain.contact import Contact
from services.notify.domain.message import Language
from services.notify.entrypoints.asgi import create_app as create_notify_app
from services.notify.settings import NotifySettings
from tests.integration.access.doors import Caller, Door, callers, new_uuid
from tests.integration.access.operations import Operation
from tests.integration.access.rules import ALL_SERVICES, COLLEAGUE, OTHER, OWN, STRANGER
from tests.integration.identity.issuer import AGENCY, OTHER_AGENCY, Issuer
from tests.integration.notify.conftest import FakeIdentity, Network
from tests.support.directory import Agency, listing_body
from tests.support.referrals import OLD_KEY, World
from tests.support.tokens import ISSUER, TokenIssuer

_SERVICES = Path(__file__).resolve().parents[3] / "services"


class ReferralDoor(Door):
    """Referrals at every stage between a sender (own agency) and a receiver (other party)."""

    def __init__(self, database_url: str) -> None:
        super().__init__()
        self.world = World.create(database_url)
        self.engine = self.world.container.engine
        self.client, self.issuer = self.world.client, self.world.issuer
        self.callers = callers(self.world.sender.id, self.world.receiver.id, self.world.stranger.id)

    def make(self, kind: str) -> str:
        """Bring a new referral to the stage."""
        stage = kind.removesuffix(" referral")
        is_unsent = stage in ("draft", "dropped")
        referral_id = self.world.sender.create(self.world.body()).json()["id"] if is_unsent else self.world.sent()
        steps: dict[str, list[tuple[str, dict[str, str] | None]]] = {
            "accepted": [("accept", None)],
            "held": [("accept", None), ("hold", {"reason_code": "waiting_for_child"})],
            "completed": [("accept", None), ("complete", {"outcome_code": "needs_met"})],
            "rejected": [("reject", {"reason_code": "no_capacity"})],
        }
        for action, body in steps.get(stage, []):
            assert self.world.receiver.act(referral_id, action, body).status_code == 200
        if stage in ("cancelled", "dropped"):
            answer = self.world.sender.act(referral_id, "cancel", {"reason_code": "need_changed"})
            assert answer.status_code == 200
        return str(referral_id)

    def body(self, operation: Operation) -> Any:
        """Return the description's example, or a draft for the service there is."""
        return self.world.body() if operation.name.endswith(("create_referral", "replace_draft")) else operation.example

    def version_of(self, kind: str, thing_id: str) -> str | None:
        """Return the version as the sender reads it."""
        return str(self.world.sender.read(thing_id).headers["ETag"])


class DirectoryDoor(Door):
    """Listings that a municipality keeps (own agency) for an organization with an agency behind it (other party)."""

    def __init__(self, database_url: str) -> None:
        super().__init__()
        migrate(_SERVICES / "directory", database_url)
        settings = DirectorySettings(database_url=database_url, issuer=ISSUER, rate_limit_per_minute=1_000_000)
        directory = build_directory(settings)
        self.engine, self.issuer = directory.engine, TokenIssuer()
        with self.engine.begin() as connection:
            load_reference(connection)
        self.client = create_directory_app(settings, directory, verifier=self.issuer.verifier()).test_client()
        self.keeper = Agency(self.client, self.issuer)
        self.callers = callers(self.keeper.id, new_uuid(), new_uuid())
        self.keeper.account = self.callers[OWN].subject
        self.organization_id = self._organization()
        self._pair: list[dict[str, Any]] = []

    def make(self, kind: str) -> str:
        """Make a listing, or find what is public of one."""
        state, _, thing = kind.partition(" ")
        if kind in ("organization", "organization without a public service"):
            return self._organization()
        if kind in ("claim", "delegation", "organization without an agency"):
            return self._shared_with_other(kind)
        if kind.endswith("import"):
            return self._import(is_tried=kind.startswith("tried"))
        if kind in ("capacity enquiry", "service asked"):
            enquiry_id, service_id = self._enquiry()
            return enquiry_id if kind == "capacity enquiry" else f"{enquiry_id} {service_id}"
        if thing == "organization":
            is_public = state == "published"
            return str(self._listing("published")["organization_id"]) if is_public else self._reviewed(state)
        if thing in ("listing", "service"):
            return str(self._listing(state)["id"])
        if thing == "place":
            return self._place(state)
        path = {"taxonomy": "/taxonomies", "taxonomy term": "/taxonomy_terms"}[kind]
        return str(self.client.get(path).json()["contents"][0]["id"])

    def body(self, operation: Operation) -> Any:
        """Return the description's example, or a listing of the organization there is."""
        if operation.name.endswith("enquire_capacity"):
            return {**operation.example, "service_ids": [self.shared("published service")]}
        if operation.name.endswith("query_openings"):
            return {"service_ids": [self.shared(kind) for kind in ALL_SERVICES]}
        if operation.name.endswith("find_matches"):
            return {**operation.example, "limit": 50}
        if operation.name.endswith("draft_listing"):
            return listing_body(organization_id=self.organization_id)
        if operation.name.endswith("dismiss_duplicate"):
            return {"ids": [self.shared("draft listing"), self.shared("published listing")]}
        if operation.name.endswith("merge_records"):
            return self._merge()
        return listing_body(capacity=None) if operation.name.endswith("revise_listing") else operation.example

    def version_of(self, kind: str, thing_id: str) -> str | None:
        """Return the listing's version; that of an answer before it was given, or of a new claim, is 1."""
        if kind in ("capacity enquiry", "service asked", "claim", "delegation"):
            return '"1"'
        path = "/own-organizations" if kind.endswith("organization") else "/listings"
        return self.keeper.get(f"{path}/{thing_id}").headers.get("ETag")

    def _organization(self) -> str:
        organization_id = self.keeper.organization()
        with self.engine.begin() as connection:
            # Two agencies would have to look at each other's listings; here each publishes alone.
            statement = text("UPDATE organization SET agency_id = :agency, review = 'waived' WHERE id = :id")
            connection.execute(statement, {"agency": self.callers[OTHER].agency_id, "id": organization_id})
        return organization_id

    def _shared_with_other(self, kind: str) -> str:
        """Make a listed organization without an agency, a claim to one by the other party, or a delegation to it."""
        other = Agency(self.client, self.issuer, id=self.callers[OTHER].agency_id, account=self.callers[OTHER].subject)
        if kind == "delegation":
            body = {"to_agency_id": other.id, "municipality_codes": ["AL-tirane"]}
            return str(self.keeper.post("/delegations", body).json()["id"])
        organization_id = str(self.keeper.organization(linked=False))
        # Of another kind than the services that matches are looked for among, which are many already.
        self.keeper.publish(organization_id=organization_id, taxonomy_terms=["hotline"])
        if kind == "claim":
            answer = other.post(f"/organizations/{organization_id}/claims", {"evidence": "The same number."})
            return str(answer.json()["id"])
        return organization_id

    def _import(self, *, is_tried: bool) -> str:
        import_id = str(self.keeper.upload("name,description\n").json()["id"])
        if is_tried:
            with self.engine.begin() as connection:
                statement = text("UPDATE import_job SET state = 'checked' WHERE id = :id")
                connection.execute(statement, {"id": import_id})
        return import_id

    def _listing(self, state: str) -> dict[str, Any]:
        # Named to an agency that knocks at no door here: of those who do, only the keepers may know of it.
        tiers: dict[str, dict[str, Any]] = {"network": {}, "named": {"named_agencies": [new_uuid()]}}
        tier = {"tier": state, **tiers[state]} if state in tiers else {}
        listing = self.keeper.draft(organization_id=self.organization_id, **tier)
        steps: dict[str, tuple[str, ...]] = {
            "draft": (), "withdrawn": ("publish", "withdraw"), "submitted": ("submit",), "closed": ("publish", "close"),
        }  # fmt: skip
        for step in steps.get(state, ("publish",)):
            body = {"reason": "holidays"} if step == "close" else None
            assert self.keeper.post(f"/listings/{listing['id']}/{step}", body).status_code == 200
        if state == "revised":
            self._revise(listing["id"])
        return listing

    def _revise(self, listing_id: str) -> None:
        """Write a revision beside a published listing, which takes that a review is required for a moment."""
        self._ask_for_review(self.organization_id)
        body, version = listing_body(capacity=None, name="Revised"), str(self.version_of("listing", listing_id))
        assert self.keeper.put(f"/listings/{listing_id}", body, If_Match=version).json()["stage"] == "revised"
        self.keeper.waive_review(self.organization_id)

    def _reviewed(self, state: str) -> str:
        """Make an organization beside which another text waits, submitted or not."""
        organization_id = self._organization()
        self._ask_for_review(organization_id)
        path, body = f"/own-organizations/{organization_id}", {"name": "Revised", "description": "-"}
        version = str(self.version_of("organization", organization_id))
        assert self.keeper.put(path, body, If_Match=version).json()["stage"] == "revised"
        if state == "submitted":
            assert self.keeper.post(f"{path}/submit").status_code == 200
        self.keeper.waive_review(organization_id)
        return organization_id

    def _ask_for_review(self, organization_id: str) -> None:
        assert self.keeper.set_review(organization_id, "required").status_code == 200

    def _enquiry(self) -> tuple[str, str]:
        service_id = str(self._listing("published")["id"])
        body = {"need": {"needs": ["psychosocial-support"]}, "service_ids": [service_id]}
        asker = Agency(self.client, self.issuer, id=self.keeper.id, scopes="referrals:write")
        answer = asker.post("/capacity-enquiries", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"]), service_id

    def _merge(self) -> dict[str, Any]:
        """Return a merge of two drafts; they serve again until it was done."""
        if not self._pair or self.keeper.get(f"/listings/{self._pair[1]['id']}").json()["id"] != self._pair[1]["id"]:
            self._pair = [self._listing("draft"), self._listing("draft")]
        keep, fold = ({"id": each["id"], "version": "1"} for each in self._pair)
        return {"kind": "listing", "keep": keep, "fold": fold}

    def _place(self, state: str) -> str:
        service_id = self._listing("published")["id"]
        public = self.client.get(f"/services/{service_id}").json()
        if state == "withdrawn":
            assert self.keeper.post(f"/listings/{service_id}/withdraw").status_code == 200
        return str(public["service_at_locations"][0]["id"])


class NotifyDoor(Door):
    """One person's inbox and one agency's endpoints."""

    def __init__(self, database_url: str) -> None:
        super().__init__()
        migrate(_SERVICES / "notify", database_url)
        settings = NotifySettings.from_environment(
            {
                "DATABASE_URL": database_url, "ISSUER": ISSUER, "IDENTITY_URL": "http://identity.invalid",
                "REFERRAL_URL": "http://referral.invalid", "PORTAL_URL": "https://portal.example.org",
                "KEY_ENCRYPTION_KEYS": OLD_KEY, "SMTP_HOST": "127.0.0.1", "SMTP_FROM": "noreply@lidhja.example.org",
                "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8", "RATE_LIMIT_PER_MINUTE": "1000000",
            }
        )  # fmt: skip
        container = build_notify(settings, clock=FakeClock())
        self.engine, self.issuer = container.engine, TokenIssuer()
        self.client = create_notify_app(container, verifier=self.issuer.verifier()).test_client()
        self.callers = callers(new_uuid(), new_uuid(), new_uuid())
        self.network = Network(container, FakeIdentity(), FakeClock())
        self.hooks = 0
        self._know_owner()

    def make(self, kind: str) -> str:
        """Tell the owner of a referral, or register an endpoint."""
        own, other = self.callers[OWN].agency_id, self.callers[OTHER].agency_id
        if kind == "inbox entry":
            parties = {"referring_agency_id": other, "receiving_agency_id": own, "actor_agency_id": other}
            event = self.network.referral_event(**parties)
            self.network.deliver_event(event)
            found = self.network.rows(
                "SELECT id FROM inbox_entry WHERE account_id = :account ORDER BY id DESC LIMIT 1",
                account=self.callers[OWN].subject,
            )
            return str(found[0].id)
        self.hooks += 1
        headers = {"Authorization": f"Bearer {self.token(self.callers[OWN], frozenset({'webhooks:write'}))}"}
        body = {"url": f"http://127.0.0.1:9/hook-{self.hooks}"}
        answer = self.client.post("/webhook-endpoints", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def body(self, operation: Operation) -> Any:
        """Return the description's example, but no address that has to be looked up."""
        is_endpoint = operation.name.endswith("create_endpoint")
        return {"url": "http://127.0.0.1:9/hook-of-mine"} if is_endpoint else operation.example

    def _know_owner(self) -> None:
        owner = self.callers[OWN]
        contact = Contact(
            owner.subject, owner.agency_id, "owner@example.org", Language.ENGLISH, frozenset({"caseworker"})
        )
        self.network.identity.accounts.append(contact)
        with self.network.container.unit_of_work() as uow:
            uow.contacts.want(owner.agency_id, now=self.network.clock.now())
            uow.contacts.set_country(owner.agency_id, "AL")
            uow.commit()
        self.network.fetch_contacts()


class IdentityDoor(Door):
    """Accounts of one agency; tokens are signed by the service itself, which trusts no other issuer."""

    def __init__(self, database_url: str) -> None:
        super().__init__()
        self.identity = Issuer(database_url)
        self.engine = self.identity.container.engine
        self.client = self.identity.browser()
        self.callers = callers(AGENCY, OTHER_AGENCY, new_uuid())
        username = self.identity.add_account(roles=(Role.CASEWORKER,))
        for name in (OWN, COLLEAGUE, STRANGER):
            self.callers[name] = Caller(
                self.callers[name].agency_id, self.callers[name].roles, self.identity.account_id(username)
            )

    def make(self, kind: str) -> str:
        """Find the agency, or open an account in it."""
        if kind in ("agency", "people of an agency"):
            return AGENCY
        return self.identity.account_id(self.identity.add_account())

    def token(self, caller: Caller, scopes: frozenset[str], *, is_expired: bool = False) -> str:
        """Return a token as the service signs it, an expired one by its clock an hour ago."""
        self.identity.at_present()
        if is_expired:
            self.identity.clock.advance(timedelta(hours=-1))
        return self.identity.container.tokens.access_token(
            subject=caller.subject,
            client_id=caller.client_id,
            agency_id=caller.agency_id,
            roles=caller.roles,
            scope=" ".join(sorted(scopes)),
        )


HOUSES = {"identity": IdentityDoor, "directory": DirectoryDoor, "referral": ReferralDoor, "notify": NotifyDoor}
