"""Checks user name and password: counted before they are checked, and equally slow whoever is asked for."""

from __future__ import annotations

from chassis.clock import Clock
from services.identity.application.ports import PasswordHasher, UnitOfWorkFactory
from services.identity.domain.account import Account, normalise_username
from services.identity.domain.errors import SignInRefused, SignInThrottled
from services.identity.domain.throttle import keys_for


class SignIn:
    """The use case; one object serves all requests."""

    def __init__(self, *, unit_of_work: UnitOfWorkFactory, hasher: PasswordHasher, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._hasher = hasher
        self._clock = clock

    def __call__(self, *, username: str, password: str, address: str) -> Account:
        """Return the account, or raise :class:`SignInRefused` or :class:`SignInThrottled`.

        Several transactions: the try is counted and committed before the slow check, so that many tries
        at once cannot slip through together, and no transaction waits for the hashing.
        """
        username = normalise_username(username)
        self._count(username, address)
        with self._unit_of_work() as uow:
            account = uow.accounts.by_username(username)
        fits = self._hasher.verify(account.password_hash if account else None, password)
        if account is None or not fits or not account.is_active:
            self._refuse(account)
            raise SignInRefused
        self._welcome(account, password, address)
        return account

    def _count(self, username: str, address: str) -> None:
        now = self._clock.now()
        with self._unit_of_work() as uow:
            for key, limit in keys_for(username=username, address=address):
                throttle = uow.throttles.locked(key, limit, now).counted(now)
                if throttle.is_exceeded:
                    raise SignInThrottled(throttle.seconds_left(now))
                uow.throttles.put(throttle)
            uow.commit()

    def _refuse(self, account: Account | None) -> None:
        with self._unit_of_work() as uow:
            uow.record_act(
                actor=None,
                action="sign_in",
                object_type="account",
                object_id=account.id if account else "unknown",
                decision="refused",
            )
            uow.commit()

    def _welcome(self, account: Account, password: str, address: str) -> None:
        with self._unit_of_work() as uow:
            # The address gets back only this try: else one good account would cover any number of bad tries.
            (of_username, _), (of_address, _) = keys_for(username=account.username, address=address)
            uow.throttles.reset(of_username)
            uow.throttles.give_back(of_address)
            if self._hasher.is_outdated(account.password_hash):
                uow.accounts.set_password_hash(account.id, self._hasher.hash(password))
            uow.record_act(actor=account, action="sign_in", object_type="account", object_id=account.id)
            uow.commit()
