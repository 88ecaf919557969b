"""Gives everything that happens in one OAuth request the same transaction, committed whatever the answer is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import flask

from chassis.connexion_app import container
from services.identity.adapters.unit_of_work import IdentityUnitOfWork
from services.identity.bootstrap import Container


def container_of_request() -> Container:
    """Return the composition root's result; inside a request only."""
    found: Container = container()
    return found


@contextmanager
def request_transaction() -> Iterator[IdentityUnitOfWork]:
    """Open the transaction for the block.

    An OAuth error is an answer, not an exception, and what it noted (a code burnt, a session ended for a
    reused token) has to stay: the block commits unless an exception leaves it.
    """
    with container_of_request().unit_of_work() as uow:
        flask.g.identity_uow = uow
        try:
            yield uow
            uow.commit()
        finally:
            del flask.g.identity_uow


def transaction() -> IdentityUnitOfWork:
    """Return the open transaction of the request; outside :func:`request_transaction` this fails."""
    uow: IdentityUnitOfWork = flask.g.identity_uow
    return uow
