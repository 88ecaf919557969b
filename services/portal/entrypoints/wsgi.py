"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os

from chassis.logs import configure_logging
from services.portal.bootstrap import create_app
from services.portal.settings import PortalSettings

settings = PortalSettings.from_environment(os.environ)
configure_logging("portal", settings.log_level)
app = create_app(settings)
