"""Many at once: a code is exchanged once, and tries are counted however they arrive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from services.identity.domain.throttle import TRIES_PER_USERNAME
from tests.integration.identity.issuer import Issuer, Pkce, SignInPage


def test_one_code_presented_by_many_at_once_leaves_no_session_open(issuer: Issuer) -> None:
    pkce = Pkce.fresh()
    code = issuer.code_for(issuer.add_account(), pkce)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: issuer.exchange(code, pkce), range(6)))
    given = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(given) == 1
    assert issuer.refresh(given[0]["refresh_token"]).status_code == 400


def test_tries_made_at_once_do_not_slip_through_together(issuer: Issuer) -> None:
    username = issuer.add_account()
    pages = [SignInPage(issuer) for _ in range(TRIES_PER_USERNAME * 2)]
    with ThreadPoolExecutor(len(pages)) as pool:
        statuses = list(pool.map(lambda page: page.submit(username, "guess").status_code, pages))
    assert sorted(statuses) == [401] * TRIES_PER_USERNAME + [429] * TRIES_PER_USERNAME
