"""The grants by which people's clients get tokens: authorization code with PKCE, and refresh token."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge

from services.identity.application import sessions
from services.identity.domain.account import Account
from services.identity.domain.client import new_secret
from services.identity.entrypoints.oauth_models import (
    CLIENT_METHODS,
    CodeInHand,
    OAuthClient,
    RefreshTokenInHand,
    SignedInPerson,
)
from services.identity.entrypoints.request_transaction import container_of_request, transaction


class S256Required(CodeChallenge):  # type: ignore[misc]
    """PKCE for every client, and only with S256."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012 - Authlib's own attribute
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse an authorization request without a challenge by S256."""
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("A 'code_challenge' with 'code_challenge_method=S256' is required.")
        super().validate_code_challenge(grant, redirect_uri)


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """The authorization code grant; a code is burnt by being presented, with or without success."""

    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_METHODS

    def generate_authorization_code(self) -> str:
        """Return 256 random bits."""
        return new_secret()

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        """Open the session that the code stands for."""
        data = request.payload.data
        wanted = sessions.Authorization(
            client_id=request.client.client.id,
            redirect_uri=request.payload.redirect_uri,
            scope=request.scope,
            code_challenge=data["code_challenge"],
            nonce=data.get("nonce"),
        )
        sessions.open_session(
            transaction(), request.user.account, wanted, code=code, clock=container_of_request().clock
        )

    def query_authorization_code(self, code: str, client: OAuthClient) -> CodeInHand | None:
        """Use the code up; None unless it is good, this client's, and its person may still sign in."""
        uow = transaction()
        found = sessions.take_code(uow, code, client_id=client.client.id, clock=container_of_request().clock)
        account = _active_account(found.session.account_id) if found else None
        return CodeInHand(found, account) if found and account else None

    def delete_authorization_code(self, authorization_code: CodeInHand) -> None:
        """Do nothing: the used code stays, so that its second use is noticed."""

    def authenticate_user(self, authorization_code: CodeInHand) -> SignedInPerson:
        """Return the person who signed in."""
        return SignedInPerson(authorization_code.account)


class IdTokenForCode:
    """Adds an ID token where ``openid`` was granted (OpenID Connect Core 3.1.3)."""

    def __call__(self, grant: CodeGrant) -> None:
        """Hook into one grant, as Authlib asks its extensions to."""
        grant.register_hook("after_create_token_response", self.add_id_token)

    def add_id_token(self, grant: CodeGrant, response: tuple[int, dict[str, Any], Any]) -> None:
        """Put the ID token into the token response."""
        _, token, _ = response
        if "openid" not in token.get("scope", "").split():
            return
        code: CodeInHand = grant.request.authorization_code
        token["id_token"] = container_of_request().tokens.id_token(
            subject=code.account.id,
            client_id=code.session.client_id,
            signed_in_at=code.session.signed_in_at,
            nonce=code.code.nonce,
        )


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    """The refresh token grant: every use gives a new token, and the old one's return ends the session."""

    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshTokenInHand | None:
        """Return a good token whose person may still sign in, or None."""
        found = sessions.take_refresh_token(transaction(), refresh_token, clock=container_of_request().clock)
        account = _active_account(found.session.account_id) if found else None
        return RefreshTokenInHand(found, account) if found and account else None

    def authenticate_user(self, refresh_token: RefreshTokenInHand) -> SignedInPerson:
        """Return the person; roles that are gone may leave nothing to give."""
        if not refresh_token.get_scope():
            raise InvalidGrantError
        return SignedInPerson(refresh_token.account)

    def revoke_old_credential(self, refresh_token: RefreshTokenInHand) -> None:
        """Note the first use."""
        now = container_of_request().clock.now()
        transaction().sessions.mark_refresh_token_used(refresh_token.token.token_hash, now)


def _active_account(account_id: str) -> Account | None:
    account = transaction().accounts.get(account_id)
    return account if account is not None and account.is_active else None
