"""Gunicorn settings of the portal: plain WSGI with threads, for it waits on other services most of the time."""

from __future__ import annotations

from chassis.gunicorn_conf import *  # noqa: F403

worker_class = "gthread"
