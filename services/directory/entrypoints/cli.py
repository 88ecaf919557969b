"""The directory's command line: schema, reference and demo data, search index, dead letters, claims, audit."""

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
from services.directory.adapters.reference_loader import load_reference, published_units, units_in_database
from services.directory.adapters.renamed import publish_renamed, shown_names
from services.directory.adapters.search_index import reindex
from services.directory.bootstrap import SERVICE, Directory, build
from services.directory.domain.reference_check import faults_of, warnings_of
from services.directory.domain.review_document import as_markdown
from services.directory.entrypoints.claims_command import claims_command
from services.directory.entrypoints.demo import load_demo
from services.directory.settings import DirectorySettings

_FOLDER = Path(__file__).parent.parent


def run_load_reference(directory: Directory) -> int:
    """Load municipalities and taxonomy; again brings them up to date."""
    with directory.engine.begin() as connection:
        before = shown_names(connection)
        places, terms = load_reference(connection)
        renamed = publish_renamed(connection, before)
    print(f"{places} places and {terms} terms are loaded, {renamed} listings show new names")
    return 0


def run_check_reference(directory: Directory) -> int:
    """Hold the loaded places against what each country publishes; fail with what differs, warn of what is wanting."""
    published = published_units()
    with directory.engine.connect() as connection:
        units = units_in_database(connection)
    faults = faults_of(units, published)
    for fault in faults:
        print(fault)
    for warning in warnings_of(units, published):
        print(f"warning: {warning}")
    if not faults:
        print(f"{len(units)} places in {len(published)} countries are as published")
    return 1 if faults else 0


def run_load_demo(directory: Directory) -> int:
    """Load the demo organizations and listings; again adds only what is missing."""
    organizations, listings = load_demo(directory)
    print(f"{organizations} organizations and {listings} listings were added")
    return 0


def run_reindex(directory: Directory) -> int:
    """Rebuild the search index from the listings."""
    count = reindex(directory.engine, progress=lambda done: print(f"{done} listings ...", end="\r", file=sys.stderr))
    print(f"{count} listings are indexed")
    return 0


def run_verify_audit(directory: Directory) -> int:
    """Check the audit record and print how many entries hold."""
    with directory.engine.connect() as connection:
        try:
            print(f"{audit.verify(connection)} audit records hold")
        except audit.AuditBroken as broken:
            print(broken)
            return 1
    return 0


def run_review_table(directory: Directory) -> int:
    """Print the table of reviews as Markdown."""
    del directory
    print(as_markdown(), end="")
    return 0


_COMMANDS = {
    "load-reference": run_load_reference,
    "check-reference": run_check_reference,
    "load-demo": run_load_demo,
    "reindex": run_reindex,
    "verify-audit": run_verify_audit,
    "review-table": run_review_table,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="directory")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database to the newest schema")
    for name, command in _COMMANDS.items():
        commands.add_parser(name, help=command.__doc__)
    dead = commands.add_parser("dead-letters", help="list, replay or discard parked events", add_help=False)
    dead.add_argument("rest", nargs=argparse.REMAINDER)
    claims = commands.add_parser("claims", help="list, approve or reject claims to organizations", add_help=False)
    claims.add_argument("rest", nargs=argparse.REMAINDER)
    arguments = parser.parse_args(argv)
    settings = DirectorySettings.from_environment(os.environ)
    configure_logging(SERVICE, settings.log_level)
    if arguments.command == "migrate":
        migrate(_FOLDER, settings.database_url)
        return 0
    directory = build(settings)
    if arguments.command == "dead-letters":
        return dead_letters_command(arguments.rest, applier=directory.applier())
    if arguments.command == "claims":
        return claims_command(arguments.rest, directory)
    return _COMMANDS[arguments.command](directory)


if __name__ == "__main__":
    sys.exit(main())
