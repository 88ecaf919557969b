"""The needs that no service met, for municipalities that plan."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, render_template, request

from services.portal.account import KEEPING
from services.portal.security import needs_role
from services.portal.views import clients

blueprint = Blueprint("unmet", __name__)
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])\Z")


@blueprint.get("/needs")
@needs_role(*KEEPING)
def needs() -> Any:
    """Show the counts of a month that is over, by municipality or by age."""
    by = "age_band" if request.args.get("by") == "age_band" else "municipality"
    month = request.args.get("month", "")
    found = clients().directory.unmet_needs(by=by, month=month if _MONTH.match(month) else None)
    return render_template("needs.html", found=found, by=by)
