"""The commands of the PostgreSQL event log: create its tables, delete what is past its retention."""

from __future__ import annotations

import argparse
import os
import sys

from chassis.eventlog_postgres.schema import create_event_log, prune_event_log
from chassis.settings import parse_list


def main() -> int:
    """Run `init` or `prune` on the database of EVENTS_ADMIN_URL; EVENTS_ROLES lists the roles to grant."""
    parser = argparse.ArgumentParser(prog="python -m chassis.eventlog_postgres")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init", help="create the tables that are missing and grant the roles of EVENTS_ROLES")
    prune = commands.add_parser("prune", help="delete records older than so many days")
    prune.add_argument("--older-than-days", type=int, default=14)
    arguments = parser.parse_args()
    url = os.environ.get("EVENTS_ADMIN_URL")
    if not url:
        sys.stderr.write("EVENTS_ADMIN_URL is not set: the URL of the event database for its owner\n")
        return 2
    if arguments.command == "init":
        create_event_log(url, parse_list(os.environ.get("EVENTS_ROLES", "")))
    else:
        deleted = prune_event_log(url, older_than_days=arguments.older_than_days)
        sys.stdout.write(f"{deleted} records deleted\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
