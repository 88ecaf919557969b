"""The OAuth 2.0 authorization server: Authlib's grants over identity's use cases."""

from __future__ import annotations

import os
from typing import Any

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidClientError, OAuth2Request
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc9207 import IssuerParameter

from services.identity.application import sessions
from services.identity.bootstrap import Container
from services.identity.domain.client import Client, new_secret
from services.identity.domain.session import ACCESS_TOKEN_LIFETIME
from services.identity.entrypoints.grants import CodeGrant, IdTokenForCode, RefreshGrant, S256Required
from services.identity.entrypoints.oauth_models import CLIENT_METHODS, OAuthClient, PresentedToken, SignedInPerson
from services.identity.entrypoints.request_transaction import container_of_request, transaction

_EXTENSION = "identity.authorization_server"


class Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server with one answer for every failed client authentication."""

    def authenticate_client(self, request: OAuth2Request, methods: list[str], endpoint: str = "token") -> OAuthClient:
        """Return the client, or say that it failed without telling an unknown client from a wrong secret."""
        try:
            client: OAuthClient = super().authenticate_client(request, methods, endpoint)
        except InvalidClientError:
            raise InvalidClientError(description="The client could not be authenticated.", status_code=401) from None
        return client


class _Credentials(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_METHODS


class _Revocation(RevocationEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = CLIENT_METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> PresentedToken:
        """Return the token unseen: whether it exists and whose it is must not show in the answer."""
        del token_type_hint
        return PresentedToken(token_string)

    def revoke_token(self, token: PresentedToken, request: OAuth2Request) -> None:
        """End the session, if the token belongs to one of this client."""
        clock = container_of_request().clock
        sessions.end_session(transaction(), token.token, client_id=request.client.client.id, clock=clock)


class _Issuer(IssuerParameter):  # type: ignore[misc]
    def get_issuer(self) -> str:
        """Name the issuer in every answer to the client (RFC 9207)."""
        return container_of_request().settings.issuer


def add_authorization_server(app: flask.Flask, container: Container) -> None:
    """Build the server once per process and keep it with the Flask application."""
    # TLS ends at the reverse proxy, so the scheme seen in here says nothing about the connection.
    os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")
    server = Server(app, query_client=_query_client, save_token=_save_token)
    server.register_token_generator("default", _generator(container))
    server.register_grant(_Credentials)
    server.register_grant(CodeGrant, [S256Required(), IdTokenForCode()])
    server.register_grant(RefreshGrant)
    server.register_endpoint(_Revocation)
    server.register_extension(_Issuer())
    app.extensions[_EXTENSION] = server


def authorization_server() -> Server:
    """Return the server; inside a request only."""
    server: Server = flask.current_app.extensions[_EXTENSION]
    return server


def name_issuer(response: flask.Response) -> flask.Response:
    """Add the issuer to an answer that Authlib's own hook has not seen."""
    _Issuer().add_issuer_parameter(authorization_server(), response)
    return response


def _query_client(client_id: str) -> OAuthClient | None:
    client = transaction().clients.get(client_id)
    return OAuthClient(client) if client is not None and client.is_active else None


def _save_token(token: dict[str, Any], request: OAuth2Request) -> None:
    """Store the refresh token where there is one; access tokens are not stored."""
    source = request.authorization_code or request.refresh_token
    if source is not None and "refresh_token" in token:
        clock = container_of_request().clock
        sessions.add_refresh_token(transaction(), source.session, token["refresh_token"], clock=clock)


def _generator(container: Container) -> BearerTokenGenerator:
    def access_token(*, client: OAuthClient, grant_type: str, user: SignedInPerson | None, scope: str) -> str:
        del grant_type
        return _access_token(container, client.client, user, scope)

    return BearerTokenGenerator(
        access_token_generator=access_token,
        refresh_token_generator=lambda **_: new_secret(),
        expires_generator=int(ACCESS_TOKEN_LIFETIME.total_seconds()),
    )


def _access_token(container: Container, client: Client, user: SignedInPerson | None, scope: str) -> str:
    if user is None:
        return container.tokens.access_token(
            subject=client.id, client_id=client.id, agency_id=client.acts_for, roles=client.roles, scope=scope
        )
    return container.tokens.access_token(
        subject=user.account.id,
        client_id=client.id,
        agency_id=user.account.agency_id,
        roles=[role.value for role in user.account.roles],
        scope=scope,
    )
