"""An identity service in a test: its clock, its people, a browser that signs in, and clients that ask for tokens."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from argon2 import PasswordHasher
from sqlalchemy import text

from chassis.encryption import KeyRing
from chassis.ids import new_id
from chassis.migrations import migrate
from chassis.testing.fakes import FakeClock
from services.identity import bootstrap
from services.identity.adapters.passwords import Argon2Passwords
from services.identity.application.keep_accounts import NewAccount, create_account
from services.identity.application.keep_clients import put_client
from services.identity.application.register_agency import register_agency
from services.identity.domain.access import Role
from services.identity.domain.agency import AgencyKind
from services.identity.domain.client import ClientKind
from services.identity.entrypoints.asgi import create_app
from services.identity.settings import IdentitySettings

SERVICE_FOLDER = Path(bootstrap.__file__).parent
ISSUER = "https://id.example.org"
PORTAL = "https://portal.example.org"
CALLBACK = f"{PORTAL}/callback"
PASSWORD = "a long enough password"
SECRET = "s" * 43
AGENCY = "0190a7c2-0000-7000-8000-00000000000a"
OTHER_AGENCY = "0190a7c2-0000-7000-8000-00000000000b"


@dataclass(frozen=True)
class Pkce:
    """A verifier with its challenge."""

    verifier: str
    challenge: str

    @classmethod
    def fresh(cls) -> Pkce:
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        return cls(verifier, base64.urlsafe_b64encode(digest).decode().rstrip("="))


class Issuer:
    """The service over an empty database, and its doors."""

    def __init__(self, database_url: str) -> None:
        migrate(SERVICE_FOLDER, database_url)
        self.clock = FakeClock(datetime.now(UTC))
        self.settings = IdentitySettings(
            issuer=ISSUER,
            database_url=database_url,
            events_database_url=database_url,
            portal_url=PORTAL,
            key_ring=KeyRing({"k1": b"k" * 32}, "k1"),
            rate_limit_per_minute=100_000,
        )
        hasher = Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        self.container = bootstrap.build_container(self.settings, clock=self.clock, hasher=hasher)
        self.app = create_app(self.container)
        self.register(AGENCY, "Own agency")
        self.register(OTHER_AGENCY, "Other agency")
        self.add_client("portal", ClientKind.PORTAL, redirect_uris=(CALLBACK,))
        self.add_client("svc-notify", ClientKind.SERVICE)
        self.add_client("partner", ClientKind.PARTNER, agency_id=AGENCY)

    def at_present(self) -> None:
        """Set the clock to the machine's: tokens are checked against that one."""
        self.clock.set(datetime.now(UTC))

    def browser(self) -> Any:
        """A client that keeps cookies and follows no redirect."""
        return self.app.test_client(base_url=ISSUER, follow_redirects=False)

    def register(self, agency_id: str, name: str) -> None:
        with self.container.unit_of_work() as uow:
            register_agency(uow, agency_id=agency_id, name=name, country="AL", kind=AgencyKind.NGO, clock=self.clock)
            uow.commit()

    def add_client(self, client_id: str, kind: ClientKind, **more: Any) -> None:
        with self.container.unit_of_work() as uow:
            put_client(uow, client_id=client_id, kind=kind, secret=SECRET, clock=self.clock, **more)
            uow.commit()

    def add_account(
        self, username: str | None = None, *, agency_id: str = AGENCY, roles: tuple[Role, ...] = (Role.CASEWORKER,)
    ) -> str:
        """Create an account and return its user name."""
        username = username or f"person.{secrets.token_hex(6)}"
        new = NewAccount(
            account_id=new_id(),
            agency_id=agency_id,
            username=username,
            display_name="Test Person",
            email=f"{username}@example.org",
            language="sq",
            roles=frozenset(roles),
            password=PASSWORD,
        )
        with self.container.unit_of_work() as uow:
            create_account(uow, new, hasher=self.container.hasher, clock=self.clock)
            uow.commit()
        return username

    def account_id(self, username: str) -> str:
        with self.container.unit_of_work() as uow:
            account = uow.accounts.by_username(username)
        assert account is not None
        return account.id

    def rows(self, statement: str, **values: Any) -> list[Any]:
        with self.container.engine.connect() as connection:
            return list(connection.execute(text(statement), values))

    def token_request(self, *, client_id: str = "portal", secret: str = SECRET, **form: str) -> Any:
        """Ask the token endpoint, authenticated by HTTP Basic."""
        return self.browser().post("/oauth/token", data=form, auth=(client_id, secret))

    def system_token(self, client_id: str, **form: str) -> str:
        response = self.token_request(client_id=client_id, grant_type="client_credentials", **form)
        assert response.status_code == 200, response.text
        return str(response.json()["access_token"])

    def code_for(self, username: str, pkce: Pkce, **parameters: str) -> str:
        """Sign a person in and return the code that came back."""
        response = SignInPage(self, pkce=pkce, **parameters).submit(username, PASSWORD)
        assert response.status_code == 302, response.text
        return parse_qs(urlsplit(response.headers["location"]).query)["code"][0]

    def exchange(self, code: str, pkce: Pkce, **changes: str) -> Any:
        form = {"code": code, "code_verifier": pkce.verifier, "redirect_uri": CALLBACK} | changes
        return self.token_request(grant_type="authorization_code", **form)

    def refresh(self, token: str, **more: str) -> Any:
        return self.token_request(grant_type="refresh_token", refresh_token=token, **more)

    def signed_in(self, username: str, **parameters: str) -> dict[str, Any]:
        """Return the tokens of a person who has just signed in."""
        pkce = Pkce.fresh()
        response = self.exchange(self.code_for(username, pkce, **parameters), pkce)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def get(self, path: str, token: str, **more: Any) -> Any:
        return self.browser().get(path, headers={"Authorization": f"Bearer {token}"}, **more)


class SignInPage:
    """The sign-in page as one browser shows it."""

    def __init__(
        self, issuer: Issuer, *, pkce: Pkce | None = None, headers: dict[str, str] | None = None, **changes: str
    ) -> None:
        self.browser = issuer.browser()
        wanted = {
            "response_type": "code",
            "client_id": "portal",
            "redirect_uri": CALLBACK,
            "scope": "openid profile referrals:read referrals:write packets:read listings:write",
            "state": "the-state",
            "code_challenge": (pkce or Pkce.fresh()).challenge,
            "code_challenge_method": "S256",
        } | changes
        parameters = {name: value for name, value in wanted.items() if value}
        self.response = self.browser.get("/oauth/authorize", params=parameters, headers=headers or {})
        self.text = self.response.text

    @property
    def action(self) -> str:
        return html.unescape(re.search(r'action="([^"]+)"', self.text)[1])  # type: ignore[index]

    @property
    def form_token(self) -> str:
        return re.search(r'name="form_token" value="([^"]+)"', self.text)[1]  # type: ignore[index]

    def submit(self, username: str, password: str, **changes: str) -> Any:
        form = {"username": username, "password": password, "form_token": self.form_token} | changes
        return self.browser.post(self.action, data=form)
