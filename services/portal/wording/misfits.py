"""Words for columns of files, and for what the directory says of fields that contradict each other."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from services.portal.wording.directory import CONTENT_FIELDS

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
# The directory says these in English; a test finds a sentence that is missing here.
MISFITS = {
    "Opening hours end before they begin; split them at midnight.": _l(
        "Opening hours end before they begin; split them at midnight."
    ),
    "What is always open has no opening hours besides.": _l("What is always open has no opening hours besides."),
    "Beside a confidential location nothing else may say where the service is.": _l(
        "Beside a confidential location nothing else may say where the service is."
    ),
    "The tier named goes with the agencies that it names, no other tier does.": _l(
        "The tier named goes with the agencies that it names, no other tier does."
    ),
    "A field has one translation for each language other than its own.": _l(
        "A field has one translation for each language other than its own."
    ),
    "Say which places a virtual service serves before it is published.": _l(
        "Say which places a virtual service serves before it is published."
    ),
    "Latitude and longitude come together or not at all.": _l("Latitude and longitude come together or not at all."),
    "The minimum age is above the maximum age.": _l("The minimum age is above the maximum age."),
    "There cannot be more places free than there are in all.": _l(
        "There cannot be more places free than there are in all."
    ),
    "There is no notice that could be translated.": _l("There is no notice that could be translated."),
    "A notice has one translation for each language.": _l("A notice has one translation for each language."),
    "A service opens again only after it has closed.": _l("A service opens again only after it has closed."),
    "What is closed until further notice has no day of opening again.": _l(
        "What is closed until further notice has no day of opening again."
    ),
    "Your delegation does not reach the places that the listing would then be for.": _l(
        "Your delegation does not reach the places that the listing would then be for."
    ),
}
