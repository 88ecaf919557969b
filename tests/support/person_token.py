"""Gets a person's access token as the portal does: code and PKCE at the issuer's sign-in page, without a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.support.running_system import RunningSystem

_SCOPES = (
    "openid referrals:read referrals:write packets:read listings:write notifications:read notifications:write "
    "webhooks:write"
)


def person_token(system: RunningSystem, username: str) -> str:
    """Sign in with the demo password; the portal's own client secret lies beside the mails of an embedded system."""
    kept = json.loads((Path(system.document["mail"]).parent / "secrets.json").read_text())
    redirect_uri = f"{system.url('portal')}/callback"
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code", "client_id": "portal", "redirect_uri": redirect_uri, "scope": _SCOPES,
        "state": secrets.token_urlsafe(12), "nonce": secrets.token_urlsafe(12),
        "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    with httpx.Client(trust_env=False, timeout=20) as browser:
        address = f"{system.url('identity')}/oauth/authorize"
        page = browser.get(address, params=query)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        fields = hidden | {"username": username, "password": system.password(username)}
        back = browser.post(address, params=query, data=fields)
        assert back.status_code == 302, f"{back.status_code} {back.text}"
        code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
        answer = browser.post(
            f"{system.url('identity')}/oauth/token",
            data={
                "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
                "code_verifier": verifier,
            },
            auth=("portal", kept["client:portal"]),
        )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
