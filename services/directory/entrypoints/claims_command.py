"""Decides claims at the command line, for organizations that nobody in the network keeps."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from services.directory.adapters.claims import SqlClaimStore
from services.directory.application.claim_organization import Decision, approve_claim, reject_claim
from services.directory.bootstrap import Directory
from services.directory.domain.claim import REJECTION_REASONS
from services.directory.domain.errors import DirectoryError


def claims_command(argv: Sequence[str], directory: Directory) -> int:
    """List what waits, or approve or reject a claim as the network's administrator; return the exit status."""
    parser = argparse.ArgumentParser(prog="directory claims")
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("list", help="claims that wait for a decision")
    steps.add_parser("approve", help="put the agency behind the organization").add_argument("claim_id")
    rejecting = steps.add_parser("reject", help="turn a claim down")
    rejecting.add_argument("claim_id")
    rejecting.add_argument("--reason", choices=REJECTION_REASONS, default="other")
    arguments = parser.parse_args(argv)
    if arguments.step == "list":
        return _list(directory)
    return _decide(arguments, directory)


def _list(directory: Directory) -> int:
    with directory.engine.connect() as connection:
        rows = SqlClaimStore(connection).all(status="pending")
    for row in rows:
        decides = row["maintaining_agency_id"] or "only here"
        _say(f"{row['id']}  {row['organization_name']}  claimed by {row['agency_id']}  decides: {decides}")
    _say(f"{len(rows)} claims wait")
    return 0


def _decide(arguments: argparse.Namespace, directory: Directory) -> int:
    reason = getattr(arguments, "reason", None)
    decision = Decision(principal=None, claim_id=arguments.claim_id, reason=reason)
    decide = approve_claim if arguments.step == "approve" else reject_claim
    try:
        claim, organization = decide(decision, unit_of_work=directory.unit_of_work, clock=directory.clock)
    except DirectoryError as refused:
        _say(refused.detail)
        return 1
    _say(f"the claim to {organization.name} is {claim.status}")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
