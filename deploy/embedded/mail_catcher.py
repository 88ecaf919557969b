"""Takes every mail of an installation on this machine and keeps each as a file, so that nothing leaves it.

`python -m deploy.embedded.mail_catcher --port 8805 --folder DIR` listens on loopback alone, without TLS.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_LARGEST_MAIL = 1024 * 1024


class FolderHandler:
    """Writes each mail to a file of its own; whoever reads the folder never sees half a mail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._number = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Keep the mail, with its envelope in two header lines at the top, and accept it."""
        self._number += 1
        name = f"{time.time_ns()}-{os.getpid()}-{self._number:06d}.eml"
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        unfinished = self._folder / f".{name}.part"
        unfinished.write_bytes(head.encode() + (envelope.original_content or b""))
        unfinished.rename(self._folder / name)
        return "250 kept"


def main(argv: Sequence[str] | None = None) -> int:
    """Catch mails until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="mail-catcher")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    arguments = parser.parse_args(argv)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    controller = Controller(
        FolderHandler(arguments.folder),
        hostname="127.0.0.1",
        port=arguments.port,
        data_size_limit=_LARGEST_MAIL,
        ident="Lidhja mail catcher",
    )
    controller.start()
    print(f"mail catcher listens on 127.0.0.1:{arguments.port}, keeps mails in {arguments.folder}", flush=True)
    while not stop.wait(1.0):
        pass
    controller.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
