"""The service's command line: migrate, dead-letters, verify-audit, resend."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from chassis import audit
from chassis.inbox.dead_letters import dead_letters_command
from chassis.logs import configure_logging
from chassis.migrations import migrate
from services.notify.bootstrap import SERVICE, Container, build_applier, build_container
from services.notify.settings import NotifySettings


def verify_audit(container: Container) -> int:
    """Check the audit record and print how many entries hold."""
    with container.engine.connect() as connection:
        try:
            print(f"{audit.verify(connection)} audit records hold")
        except audit.AuditBroken as broken:
            print(broken)
            return 1
    return 0


def resend(container: Container, delivery_id: str) -> int:
    """Start a delivery afresh that had ended without being delivered; its ids stay what they were."""
    with container.unit_of_work() as uow:
        released = uow.deliveries.release(delivery_id, now=container.clock.now())
        if released is None:
            print("no delivery of that id has failed for good")
            return 1
        uow.record(principal=None, action="delivery.resend", object_type="delivery", object_id=delivery_id)
        uow.commit()
    print("queued again")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="notify")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database to the newest schema")
    dead = commands.add_parser("dead-letters", help="list, replay or discard parked events", add_help=False)
    dead.add_argument("rest", nargs=argparse.REMAINDER)
    commands.add_parser("verify-audit", help="check the chain of the audit record")
    resending = commands.add_parser("resend", help="try a failed delivery again")
    resending.add_argument("delivery_id")
    arguments = parser.parse_args(argv)
    settings = NotifySettings.from_environment(os.environ)
    configure_logging(SERVICE, settings.log_level)
    if arguments.command == "migrate":
        migrate(Path(__file__).parent.parent, settings.database_url)
        return 0
    container = build_container(settings)
    if arguments.command == "dead-letters":
        return dead_letters_command(arguments.rest, applier=build_applier(container))
    if arguments.command == "verify-audit":
        return verify_audit(container)
    return resend(container, arguments.delivery_id)


if __name__ == "__main__":
    sys.exit(main())
