"""Gunicorn settings of the referral API."""  # noqa: N999

from chassis.gunicorn_conf import *  # noqa: F403

worker_class = "asgi"
