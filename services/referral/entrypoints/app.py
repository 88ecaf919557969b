"""Makes the web application of the referral service."""

from __future__ import annotations

import connexion

from chassis.auth import TokenVerifier
from chassis.connexion_app import make_app
from chassis.database import check_database
from services.referral.bootstrap import Container
from services.referral.entrypoints.api.problems import PROBLEMS
from services.referral.settings import ReferralSettings


def create_app(
    settings: ReferralSettings, container: Container, *, verifier: TokenVerifier | None = None
) -> connexion.FlaskApp:
    """Return the application; a test gives its own verifier."""
    return make_app(
        service="referral",
        spec="referral.yaml",
        settings=settings,
        container=container,
        problems=PROBLEMS,
        readiness={"database": lambda: check_database(container.engine)},
        verifier=verifier,
    )
