"""Counts of needs that no service met, for those who plan services; nothing small enough to point at a child."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import flask
from sqlalchemy import Connection

from chassis.auth import current_principal
from chassis.connexion_app import container
from chassis.problems import INVALID_REQUEST, Problem
from services.directory.adapters.own_listings import own_organizations
from services.directory.adapters.unmet_needs import unmet_counts
from services.directory.domain.unmet_need import SMALLEST_SHOWN, UnmetNeedTable, safe_table


def list_unmet_needs(*, by: str, format: str, country: str | None = None, month: str | None = None) -> Any:
    """Return the table of one country and one month that is over; two of a running month could be compared."""
    this_month = container().clock.now().date().replace(day=1)
    day = date.fromisoformat(f"{month}-01") if month else (this_month - timedelta(days=1)).replace(day=1)
    if day >= this_month:
        raise _unfit("month", "must be over")
    with container().engine.connect() as connection:
        country = country or _own_country(connection)
        table = safe_table(unmet_counts(connection, country=country, month=day, by=by))
    if format == "csv":
        return flask.Response(_lines(table, by), mimetype="text/csv")
    return flask.jsonify(
        {
            "country": country,
            "month": f"{day:%Y-%m}",
            "by": by,
            "smallest_shown": SMALLEST_SHOWN,
            "counts": [{by: cell.row, "term": cell.term, "count": cell.count} for cell in table.cells],
            "rows": [{by: row, "count": count} for row, count in table.rows.items()],
            "terms": [{"term": term, "count": count} for term, count in table.terms.items()],
            "total": table.total,
        }
    )


def _own_country(connection: Connection) -> str:
    principal = current_principal()
    own = own_organizations(connection, principal.agency_id, principal.account_id, after=None, limit=1)
    for organization in own:
        return organization.country
    raise _unfit("country", "must be given by an agency without an organization")


def _unfit(parameter: str, detail: str) -> Problem:
    errors = [{"parameter": parameter, "in": "query", "detail": detail}]
    return Problem(INVALID_REQUEST, f"The query parameter {parameter} {detail}.", errors=errors)


def _lines(table: UnmetNeedTable, by: str) -> str:
    """Write the cells; a count that is not shown is an empty field."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([by, "term", "count"])
    writer.writerows((cell.row, cell.term, "" if cell.count is None else cell.count) for cell in table.cells)
    return written.getvalue()
