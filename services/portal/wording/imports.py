"""Words for the codes of imports: formats, states, columns and what becomes of a row."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from services.portal.wording.directory import CONTENT_FIELDS

IMPORT_FORMATS = {
    "csv": _l("A table (CSV), one service per row"),
    "hsds-package": _l("HSDS tables in a zip file"),
    "hsds-json": _l("HSDS as JSON"),
    "ndjson": _l("HSDS as JSON, one record per line"),
}
IMPORT_STATES = {
    "waiting": _l("Waiting"),
    "running": _l("Running"),
    "checked": _l("Tried; nothing was changed yet"),
    "done": _l("Done"),
    "cancelled": _l("Stopped"),
    "failed": _l("Did not come to its end"),
}
ROW_ACTIONS = {
    "created": _l("New"),
    "updated": _l("Changed"),
    "unchanged": _l("Not changed"),
    "refused": _l("Refused"),
    "skipped": _l("Left out as a duplicate"),
}
# Columns of simple files and properties of HSDS; what is not here is called as the form of a listing calls it.
IMPORT_COLUMNS = CONTENT_FIELDS | {
    "id": _l("Identifier"),
    "reference": _l("Identifier"),
    "organization": _l("Organization"),
    "organization_id": _l("Organization"),
    "terms": CONTENT_FIELDS["taxonomy_terms"],
    "attributes": CONTENT_FIELDS["taxonomy_terms"],
    "eligibility": CONTENT_FIELDS["eligibility_description"],
    "place": CONTENT_FIELDS["location"],
    "locations": CONTENT_FIELDS["location"],
    "service_at_locations": CONTENT_FIELDS["location"],
    "service_areas": CONTENT_FIELDS["serves"],
    "phones": CONTENT_FIELDS["phone"],
    "website": CONTENT_FIELDS["url"],
    "schedules": CONTENT_FIELDS["schedule"],
    "municipality": _l("Municipality"),
    "address_1": _l("Street and number"),
    "postal_code": _l("Postal code"),
    "latitude": _l("Latitude"),
    "longitude": _l("Longitude"),
}
