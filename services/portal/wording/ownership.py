"""Words for the codes of who keeps what: claims, the review rule, and what speaks for a duplicate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from services.portal.wording.directory import STEPS_OF_REVIEW

CLAIM_STATUS = {
    "pending": _l("Waiting for a decision"),
    "approved": _l("Granted"),
    "rejected": _l("Turned down"),
}
REJECTIONS_OF_CLAIM = {
    "not_the_same": _l("It is not the same organization"),
    "evidence_missing": _l("Nothing shows it"),
    "evidence_not_convincing": _l("What is given does not show it"),
    "already_claimed": _l("It belongs to another agency already"),
    "other": _l("Another reason"),
}
REVIEW_RULES = {
    "automatic": _l("Automatic: only where two agencies keep the listings"),
    "required": _l("Always"),
    "waived": _l("Never: whoever writes it publishes it"),
}
DUPLICATE_FINDINGS = {
    "same_identifier": _l("The same number in a register"),
    "similar_name": _l("Similar name"),
    "same_phone": _l("The same phone number"),
    "same_email": _l("The same e-mail address"),
    "same_url": _l("The same website"),
    "same_municipality": _l("The same municipality"),
    "similar_terms": _l("Similar kinds of help"),
    "different_identifier": _l("Different numbers in a register"),
    "different_municipality": _l("Different municipalities"),
    "different_country": _l("Different countries"),
}
# What became of an organization, as its history names it.
ORGANIZATION_DEEDS = {
    "register": _l("Registered"),
    "edit": _l("Changed"),
    "import": _l("Imported"),
    "merge": _l("Merged with a duplicate"),
    "fold": _l("Merged into another one"),
    **STEPS_OF_REVIEW,
    "ask_waiver": _l("Asked to publish without a second pair of eyes"),
    "set_review": _l("Rule of review set"),
}
RECORD_KINDS = {"listing": _l("Services"), "organization": _l("Organizations")}
ORGANIZATION_FIELDS = {
    "name": _l("Name of the organization"),
    "alternate_name": _l("Other name, such as a short one"),
    "description": _l("What does it do?"),
    "source_language": _l("Language of the texts"),
    "translations": _l("Translations"),
    "email": _l("E-mail"),
    "website": _l("Website"),
    "phone": _l("Phone"),
}
