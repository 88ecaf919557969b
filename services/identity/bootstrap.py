"""The composition root: builds identity's parts from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from chassis.clock import Clock, SystemClock
from chassis.database import make_engine
from services.identity.adapters.passwords import Argon2Passwords
from services.identity.adapters.signing_keys import SigningKeys
from services.identity.adapters.tokens import TokenWriter
from services.identity.adapters.unit_of_work import IdentityUnitOfWork
from services.identity.application.ports import PasswordHasher
from services.identity.application.sign_in import SignIn
from services.identity.settings import IdentitySettings


@dataclass(frozen=True, kw_only=True)
class Container:
    """Everything a handler may ask for."""

    settings: IdentitySettings
    engine: Engine
    clock: Clock
    hasher: PasswordHasher
    keys: SigningKeys
    tokens: TokenWriter
    sign_in: SignIn

    def unit_of_work(self) -> IdentityUnitOfWork:
        """Return a transaction that is not open yet."""
        return IdentityUnitOfWork(self.engine, self.clock)


def build_container(
    settings: IdentitySettings, *, clock: Clock | None = None, hasher: PasswordHasher | None = None
) -> Container:
    """Build the parts; call it after a server has forked, since it makes the connection pool."""
    clock = clock or SystemClock()
    hasher = hasher or Argon2Passwords()
    engine = make_engine(settings.database_url)
    keys = SigningKeys(engine, settings.key_ring, clock)
    return Container(
        settings=settings,
        engine=engine,
        clock=clock,
        hasher=hasher,
        keys=keys,
        tokens=TokenWriter(issuer=settings.issuer, audience=settings.audience, keys=keys, clock=clock),
        sign_in=SignIn(unit_of_work=lambda: IdentityUnitOfWork(engine, clock), hasher=hasher, clock=clock),
    )
