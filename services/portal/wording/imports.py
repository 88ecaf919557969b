"""Words for the codes of imports: formats, states, columns, what becomes of a row, and what can be wrong."""

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
# The blanks are the API's params of the same names.
IMPORT_FAULTS = {
    "not_utf8": _l("The file is not written in UTF-8. Save it as CSV UTF-8."),
    "line_too_long": _l("Line %(line)s is longer than %(limit)s characters."),
    "field_too_long": _l("A value in line %(line)s is longer than %(limit)s characters."),
    "record_too_long": _l(
        "The row that begins in line %(line)s is longer than %(limit)s characters. "
        "Look for a quotation mark that is not closed."
    ),
    "bad_csv": _l("Line %(line)s cannot be read. Look for a quotation mark that is not closed."),
    "no_columns": _l("The first line names none of the columns. Take the template."),
    "missing_columns": _l("These columns are missing: %(columns)s."),
    "bad_json": _l("The file is not valid JSON."),
    "not_hsds": _l("The file holds no services or organizations in the shape of HSDS."),
    "nested_too_deep": _l("The file is nested too deep."),
    "bad_zip": _l("The zip file cannot be read."),
    "zip_too_large": _l("The unpacked file is too large."),
    "zip_too_dense": _l("The unpacked file is too large."),
    "zip_too_many": _l("The zip file holds too many files."),
    "zip_bad_path": _l("The zip holds a file outside its own folder."),
    "zip_encrypted": _l("The zip file is locked with a password."),
    "unknown_file": _l("There is no table of HSDS in the zip file."),
    "too_many_rows": _l("The file has more than %(limit)s rows."),
    "empty_file": _l("The file has no rows."),
    "record_too_large": _l("More belongs to this than can be taken in as one record."),
    "unknown_kind": _l("This is neither a service nor an organization, nor a taxonomy or one of its terms."),
    "internal_error": _l("The import stopped by a fault of ours. Try again later."),
    "missing": _l("This must be given."),
    "not_text": _l("This must be text."),
    "not_number": _l("This must be a number."),
    "not_list": _l("This must be a list."),
    "not_object": _l("This must be an object."),
    "not_uuid": _l("This must be an identifier (UUID)."),
    "not_email": _l("This must be an e-mail address."),
    "not_phone": _l("This must be a telephone number."),
    "not_web_address": _l("This must be a web address that begins with https://."),
    "not_uri": _l("This must be a web address."),
    "not_date_time": _l("This must be a date with a time and a time zone."),
    "not_yes_no": _l("This must be yes or no."),
    "not_age": _l("This must be an age in whole years from 0 to 120."),
    "not_allowed": _l("This must be one of: %(allowed)s."),
    "too_long": _l("This has more than %(limit)s characters."),
    "too_many": _l("There are more than %(limit)s here."),
    "wrong_number_of_columns": _l(
        "This row has %(found)s columns, the first line has %(expected)s. "
        "A text with a comma in it stands between quotation marks."
    ),
    "bad_hours": _l("Write opening hours like MO-FR 08:00-16:00, several parted by commas."),
    "duplicate_id": _l("The same stands in the file already. Give each row an id or a reference of its own."),
    "cycle": _l("This goes round in a circle."),
    "chain_too_long": _l("More than %(limit)s stand above this, one above the other."),
    "unknown_municipality": _l("%(value)s is no municipality known here. Use its name or code."),
    "ambiguous_municipality": _l("%(value)s is the name of several municipalities. Use the code: %(codes)s."),
    "unknown_term": _l("%(value)s is no kind of help known here. Use its name or code."),
    "unknown_language": _l("%(value)s is no language code such as sq or sr."),
    "unknown_organization": _l("Your agency keeps no such organization."),
    "no_organization": _l("It is not said whose service this is."),
    "organization_refused": _l("Its organization was refused."),
    "no_country": _l("It is not said in which country the organization is."),
    "kept_by_another": _l("This id belongs to a record that another agency keeps."),
    "belongs_elsewhere": _l("This service belongs to another organization."),
    "merged": _l("This was merged into another record. Use its id: %(merged_into)s."),
    "being_revised": _l("A change of this service waits for review. Decide on that first."),
    "confidential_stays": _l(
        "This place is confidential, and no file can show it. If it is meant to be public, change it by hand."
    ),
    "organization_reviewed": _l("This organization asks for review, so a file does not change it."),
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
