"""Shows clients, people, codes and tokens to Authlib in the shape it expects."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin

from services.identity.application import sessions
from services.identity.domain.access import cut
from services.identity.domain.account import Account
from services.identity.domain.client import Client
from services.identity.domain.session import Code, RefreshToken, Session

CLIENT_METHODS = ["client_secret_basic", "client_secret_post"]


@dataclass(frozen=True)
class OAuthClient(ClientMixin):  # type: ignore[misc]
    """A client as Authlib asks about it."""

    client: Client

    def get_client_id(self) -> str:
        """Return the client's id."""
        return self.client.id

    def get_default_redirect_uri(self) -> str | None:
        """Return none: a client has to name its redirect URI."""
        return None

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Cut a requested scope; None, which Authlib answers as invalid_scope, when nothing is left."""
        return cut(scope, self.client.scopes)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compare letter by letter with what is registered."""
        return redirect_uri in self.client.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Say whether this is the client's secret."""
        return self.client.has_secret(client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Allow the two ways to send a secret; no client goes without."""
        del endpoint
        return method in CLIENT_METHODS

    def check_response_type(self, response_type: str) -> bool:
        """Allow ``code`` to clients that people sign in through."""
        return response_type == "code" and "authorization_code" in self.client.grants

    def check_grant_type(self, grant_type: str) -> bool:
        """Say whether the client may use a grant."""
        return grant_type in self.client.grants


@dataclass(frozen=True)
class SignedInPerson:
    """The person behind a token request."""

    account: Account

    def get_user_id(self) -> str:
        """Return the account's id."""
        return self.account.id


@dataclass(frozen=True)
class CodeInHand(AuthorizationCodeMixin):  # type: ignore[misc]
    """A good code with the account it stands for."""

    code: Code
    account: Account

    @property
    def session(self) -> Session:
        """The session the code opened."""
        return self.code.session

    @property
    def code_challenge(self) -> str:
        """What the verifier has to match."""
        return self.code.code_challenge

    @property
    def code_challenge_method(self) -> str:
        """The only method there is."""
        return "S256"

    def get_redirect_uri(self) -> str:
        """Return the redirect URI the code was sent to."""
        return self.code.redirect_uri

    def get_scope(self) -> str:
        """Return the scope under the person's present roles."""
        return sessions.scope_now(self.code.session, self.account)


@dataclass(frozen=True)
class RefreshTokenInHand(TokenMixin):  # type: ignore[misc]
    """A good refresh token with the account it stands for."""

    token: RefreshToken
    account: Account

    @property
    def session(self) -> Session:
        """The session whose chain the token is a link of."""
        return self.token.session

    def check_client(self, client: OAuthClient) -> bool:
        """Say whether the session was opened through this client."""
        return hmac.compare_digest(self.token.session.client_id, client.client.id)

    def get_scope(self) -> str:
        """Return the scope under the person's present roles."""
        return sessions.scope_now(self.token.session, self.account)


@dataclass(frozen=True)
class PresentedToken(TokenMixin):  # type: ignore[misc]
    """A token that somebody asks to revoke, not looked up yet."""

    token: str

    def check_client(self, client: OAuthClient) -> bool:
        """Leave the decision to the use case, which does nothing for a stranger."""
        del client
        return True
