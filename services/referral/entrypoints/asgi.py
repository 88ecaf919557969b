"""The application object for gunicorn."""

from __future__ import annotations

import os

from chassis.logs import configure_logging
from services.referral.bootstrap import build
from services.referral.entrypoints.app import create_app
from services.referral.settings import ReferralSettings

_settings = ReferralSettings.from_environment(os.environ)
configure_logging("referral", _settings.log_level)
app = create_app(_settings, build(_settings))
