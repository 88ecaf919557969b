"""Gunicorn settings shared by all processes; each service's own file names its worker class."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
# All processes of a machine would share one path for it, and nobody steers them by it.
control_socket_disable = True
graceful_timeout = 10
# Longer than clients' pools keep a connection that rests, 5 s with most: with gunicorn's 2 s they met a closed door.
# No longer than that, for a worker that is told to stop waits for it.
keepalive = 6
# Request lines of clients may hold what a person typed, so the access log stays off; the chassis writes its own.
accesslog = None
errorlog = "-"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - heartbeat files want memory


def post_fork(_server: Any, _worker: Any) -> None:
    """Let threads take turns more often, and look for circles of objects less often.

    One that reads sockets must not wait 5 ms for each one that computes; and every look goes through all that a
    process keeps, reference data included, while answers leave no circles behind.
    """
    sys.setswitchinterval(0.003)
    gc.set_threshold(50_000, 20, 50)
