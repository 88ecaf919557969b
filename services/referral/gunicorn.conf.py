"""Gunicorn settings of the referral API."""

from chassis.gunicorn_conf import *  # noqa: F403

worker_class = "chassis.even_worker.EvenWorker"
