"""The service's command line: the database, the demo, agencies, accounts, clients and keys."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from chassis import audit
from chassis.inbox.apply import EventApplier
from chassis.inbox.dead_letters import dead_letters_command
from chassis.logs import configure_logging
from chassis.migrations import migrate
from services.identity.bootstrap import Container, build_container
from services.identity.demo_data import demo_password
from services.identity.domain.errors import AccountInvalid, AccountUnknown, AgencyUnknown, UsernameTaken
from services.identity.entrypoints import administration
from services.identity.entrypoints.demo import load_demo, write_summary
from services.identity.settings import IdentitySettings

_FOLDER = Path(__file__).parent.parent
_REFUSALS = {
    AgencyUnknown: "there is no such agency",
    AccountUnknown: "there is no such account",
    UsernameTaken: "this user name is in use",
}
Command = Callable[[Container, argparse.Namespace], int]


def _load_demo(container: Container, arguments: argparse.Namespace) -> int:
    seed = container.settings.demo_seed
    if len(seed) < 32:
        print("DEMO_SEED needs at least 32 random characters: the secrets of the demo's clients follow from it")
        return 1
    password = container.settings.demo_password or demo_password(seed)
    print(f"{load_demo(container, seed=seed, password=password)} demo agencies, accounts and clients loaded")
    if arguments.output:
        write_summary(Path(arguments.output), seed=seed, password=password)
    return 0


def _rotate_keys(container: Container, _arguments: argparse.Namespace) -> int:
    print(f"tokens are signed by key {container.keys.rotate()} within half a minute")
    return 0


def _verify_audit(container: Container, _arguments: argparse.Namespace) -> int:
    with container.engine.connect() as connection:
        try:
            print(f"{audit.verify(connection)} audit records hold")
        except audit.AuditBroken as broken:
            print(broken)
            return 1
    return 0


def _dead_letters(container: Container, arguments: argparse.Namespace) -> int:
    applier = EventApplier(consumer="identity", handlers={}, unit_of_work=container.unit_of_work)
    return dead_letters_command(arguments.rest, applier=applier)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="identity")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database to the newest schema")
    demo = commands.add_parser("load-demo", help="load the demo's agencies, accounts and clients")
    demo.add_argument("--output", help="write accounts and clients with their secrets to this file")
    demo.set_defaults(run=_load_demo)
    commands.add_parser("rotate-keys", help="sign with the next key").set_defaults(run=_rotate_keys)
    commands.add_parser("verify-audit", help="check the audit record").set_defaults(run=_verify_audit)
    dead = commands.add_parser("dead-letters", help="list, replay or discard parked events", add_help=False)
    dead.add_argument("rest", nargs=argparse.REMAINDER)
    dead.set_defaults(run=_dead_letters)
    administration.add_commands(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    arguments = _parser().parse_args(argv)
    settings = IdentitySettings.from_environment(os.environ)
    configure_logging("identity", settings.log_level)
    if arguments.command == "migrate":
        migrate(_FOLDER, settings.database_url)
        return 0
    run: Command = arguments.run
    try:
        return run(build_container(settings), arguments)
    except AccountInvalid as fault:
        print(fault)
    except (AgencyUnknown, AccountUnknown, UsernameTaken) as fault:
        print(_REFUSALS[type(fault)])
    return 1


if __name__ == "__main__":
    sys.exit(main())
