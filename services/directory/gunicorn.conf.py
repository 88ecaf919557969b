"""Gunicorn settings of the directory API: ASGI, for Connexion 3 is an ASGI application."""

from __future__ import annotations

from chassis.gunicorn_conf import *  # noqa: F403

worker_class = "chassis.even_worker.EvenWorker"
