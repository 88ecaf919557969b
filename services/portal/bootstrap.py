"""Puts the portal together: the one place where its parts meet."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import httpx
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, g, request

from chassis.correlation import correlation
from chassis.logs import get_logger
from chassis.rate_limit import limit_rate
from services.portal import delivery, errors, helplines, import_report, languages, presenters, revisions, security
from services.portal.clients import Clients
from services.portal.clients.directory import DirectoryClient
from services.portal.clients.identity import IdentityClient
from services.portal.clients.notify import NotifyClient
from services.portal.clients.referral import ReferralClient
from services.portal.form_tokens import FormTokens
from services.portal.session import EncryptedCookieSessions
from services.portal.settings import PortalSettings
from services.portal.tokens import Tokens
from services.portal.views import (
    actions,
    claiming,
    closing,
    confirming,
    delegating,
    drafts,
    duplicates,
    enquiries,
    find,
    health,
    importing,
    inbox,
    listings,
    organization_reviews,
    organizations,
    preferences,
    public,
    referrals,
    reviewing,
    sign_in,
    translating,
    unmet,
    webhooks,
    work,
)
from services.portal.views.layout import add_to_every_page

_VIEWS = (
    actions, claiming, closing, confirming, delegating, drafts, duplicates, enquiries, find, health, importing, inbox,
    listings, organization_reviews, organizations, preferences, public, referrals, reviewing, sign_in, translating,
    unmet, webhooks, work,
)  # fmt: skip
_LARGEST_FORM = 256 * 1024
_log = get_logger("portal")


def create_app(settings: PortalSettings, *, transport: httpx.BaseTransport | None = None) -> Flask:
    """Build the app; tests hand in a ``transport`` that stands for the other services."""
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=_LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=_LARGEST_FORM,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        SESSION_COOKIE_NAME="__Host-lidhja" if settings.is_https else "lidhja",
        SESSION_COOKIE_SECURE=settings.is_https,
    )
    app.session_interface = EncryptedCookieSessions(settings.session_keys, idle_seconds=settings.idle_minutes * 60)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    tokens = Tokens(settings, transport=transport)
    app.extensions["portal_settings"] = settings
    app.extensions["portal_tokens"] = tokens
    app.extensions["portal_clients"] = _clients(settings, tokens, transport)
    app.extensions["portal_oauth"] = _oauth(app, settings)
    languages.install(app)
    delivery.install(app)
    security.install(app, is_https=settings.is_https, form_tokens=FormTokens(settings.session_keys))
    presenters.install(app)
    import_report.install(app)
    revisions.install(app)
    helplines.install(app)
    errors.install(app)
    add_to_every_page(app)
    for module in _VIEWS:
        app.register_blueprint(module.blueprint)
    _log_requests(app)
    limit_rate(app, settings)
    app.wsgi_app = _with_correlation(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _clients(settings: PortalSettings, tokens: Tokens, transport: httpx.BaseTransport | None) -> Clients:
    return Clients(
        directory=DirectoryClient(
            settings.directory_url,
            token_of_user=tokens.access_token,
            languages_of_reader=languages.languages_of_reader,
            transport=transport,
        ),
        referral=ReferralClient(settings.referral_url, token_of_user=tokens.access_token, transport=transport),
        notify=NotifyClient(settings.notify_url, token_of_user=tokens.access_token, transport=transport),
        identity=IdentityClient(settings.identity_url, token_of_user=tokens.access_token, transport=transport),
    )


def _oauth(app: Flask, settings: PortalSettings) -> Any:
    """Describe the issuer from the settings, so that the portal starts while the issuer is down."""
    oauth = OAuth(app)
    return oauth.register(
        "issuer",
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        authorize_url=f"{settings.issuer}/oauth/authorize",
        access_token_url=settings.token_url,
        jwks_uri=settings.jwks_url,
        issuer=settings.issuer,
        id_token_signing_alg_values_supported=["ES256"],
        client_kwargs={
            "scope": "openid profile referrals:read referrals:write packets:read listings:write "
            "notifications:read notifications:write webhooks:write",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic",
            "default_timeout": 5,
            "trust_env": False,
        },
    )


def _log_requests(app: Flask) -> None:
    @app.before_request
    def start_clock() -> None:
        g.started = time.monotonic()

    @app.after_request
    def log(response: Response) -> Response:
        # The rule, not the address: an address holds ids and may hold what a person typed.
        route = request.url_rule.rule if request.url_rule else "none"
        duration = round((time.monotonic() - g.started) * 1000) if "started" in g else 0
        fields = {
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "duration_ms": duration,
        }
        _log.info("request answered", extra={"fields": fields})
        return response


def _with_correlation(wsgi: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def in_correlation(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with correlation(environ.get("HTTP_X_CORRELATION_ID")):
            return wsgi(environ, start_response)

    return in_correlation
