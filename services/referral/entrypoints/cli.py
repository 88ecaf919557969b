"""The command line: migrate, dead-letters, verify-audit, erase-referral, rotate-keys, state-machine."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from chassis import audit
from chassis.inbox.dead_letters import dead_letters_command
from chassis.migrations import migrate
from services.referral.application.erase_referral import erase_referral
from services.referral.bootstrap import Container, build
from services.referral.domain.errors import NoSuchReferral
from services.referral.domain.transition_document import as_markdown
from services.referral.settings import ReferralSettings

_FOLDER = Path(__file__).parent.parent


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    parser = argparse.ArgumentParser(prog="referral")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database up to date")
    commands.add_parser("dead-letters", help="list or replay parked events", add_help=False)
    commands.add_parser("verify-audit", help="check the chain of the audit record")
    erasing = commands.add_parser("erase-referral", help="destroy the key of a referral; cannot be undone")
    erasing.add_argument("referral_id")
    commands.add_parser("rotate-keys", help="wrap every data key with the current key")
    commands.add_parser("state-machine", help="print the table of transitions as Markdown")
    arguments, rest = parser.parse_known_args(argv)
    if rest and arguments.command != "dead-letters":
        parser.error(f"unknown: {' '.join(rest)}")
    if arguments.command == "state-machine":
        print(as_markdown(), end="")
        return 0
    settings = ReferralSettings.from_environment(os.environ)
    if arguments.command == "migrate":
        migrate(_FOLDER, settings.database_url)
        return 0
    container = build(settings)
    chosen: dict[str, Callable[[], int]] = {
        "dead-letters": lambda: dead_letters_command(rest, applier=container.applier()),
        "verify-audit": lambda: _verify_audit(container),
        "erase-referral": lambda: _erase(container, arguments.referral_id),
        "rotate-keys": lambda: _rotate_keys(container),
    }
    return chosen[arguments.command]()


def _verify_audit(container: Container) -> int:
    with container.engine.connect() as connection:
        try:
            count = audit.verify(connection)
        except audit.AuditBroken as broken:
            print(f"BROKEN at record {broken.number}")
            return 1
    print(f"{count} records, chain intact")
    return 0


def _erase(container: Container, referral_id: str) -> int:
    try:
        erase_referral(referral_id, uow=container.unit_of_work(), clock=container.clock)
    except NoSuchReferral:
        print("there is no such referral")
        return 1
    print("erased")
    return 0


def _rotate_keys(container: Container) -> int:
    total = 0
    while True:
        with container.unit_of_work() as uow:
            count = uow.parts.rewrap()
            uow.commit()
        total += count
        if count == 0:
            print(f"{total} keys wrapped anew")
            return 0


if __name__ == "__main__":
    sys.exit(main())
