"""The objects of HSDS 3.1 with their properties, and a document reduced to what the specification names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_COMMON = {"attributes": "attribute", "metadata": "metadata"}
# Objects by name: the properties of their own, and which objects they hold.
OBJECTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "service": (
        "id organization_id program_id name alternate_name description url email status interpretation_services "
        "application_process fees_description wait_time fees accreditations eligibility_description minimum_age "
        "maximum_age assured_date assurer_email licenses alert last_modified",
        {
            "additional_urls": "url", "phones": "phone", "schedules": "schedule", "service_areas": "service_area",
            "service_at_locations": "service_at_location", "languages": "language", "organization": "organization",
            "funding": "funding", "cost_options": "cost_option", "program": "program",
            "required_documents": "required_document", "contacts": "contact", "capacities": "service_capacity",
            **_COMMON,
        },
    ),
    "organization": (
        "id name alternate_name description email website tax_status tax_id year_incorporated legal_status logo uri "
        "parent_organization_id",
        {
            "additional_websites": "url", "funding": "funding", "contacts": "contact", "phones": "phone",
            "locations": "location", "programs": "program", "organization_identifiers": "organization_identifier",
            "services": "service", **_COMMON,
        },
    ),
    "service_at_location": (
        "id service_id location_id description",
        {
            "service_areas": "service_area", "contacts": "contact", "phones": "phone", "schedules": "schedule",
            "location": "location", "service": "service", **_COMMON,
        },
    ),
    "location": (
        "id location_type url organization_id name alternate_name description transportation latitude longitude "
        "external_identifier external_identifier_type",
        {
            "languages": "language", "addresses": "address", "contacts": "contact", "accessibility": "accessibility",
            "phones": "phone", "schedules": "schedule", **_COMMON,
        },
    ),
    "address": (
        "id location_id attention address_1 address_2 city region state_province postal_code country address_type",
        _COMMON,
    ),
    "phone": (
        "id location_id service_id organization_id contact_id service_at_location_id number extension type description",
        {"languages": "language", **_COMMON},
    ),
    "contact": (
        "id organization_id service_id service_at_location_id location_id name title department email",
        {"phones": "phone", **_COMMON},
    ),
    "schedule": (
        "id service_id location_id service_at_location_id valid_from valid_to dtstart timezone until count wkst freq "
        "interval byday byweekno bymonthday byyearday description opens_at closes_at schedule_link attending_type "
        "notes",
        _COMMON,
    ),
    "service_area": ("id service_id service_at_location_id name description extent extent_type uri", _COMMON),
    "language": ("id service_id location_id phone_id name code note", _COMMON),
    "funding": ("id organization_id service_id source", _COMMON),
    "accessibility": ("id location_id description details url", _COMMON),
    "cost_option": (
        "id service_id valid_from valid_to option currency amount amount_description",
        _COMMON,
    ),
    "program": ("id organization_id name alternate_name description", _COMMON),
    "required_document": ("id service_id document uri", _COMMON),
    "organization_identifier": ("id organization_id identifier_scheme identifier_type identifier", _COMMON),
    "service_capacity": (
        "id service_id unit_id available maximum description updated",
        {"unit": "unit", **_COMMON},
    ),
    "unit": ("id name scheme identifier uri", _COMMON),
    "url": ("id label url organization_id service_id", _COMMON),
    "attribute": (
        "id link_id taxonomy_term_id link_type link_entity value label",
        {"taxonomy_term": "taxonomy_term", "metadata": "metadata"},
    ),
    "taxonomy": ("id name description uri version", {"metadata": "metadata"}),
    "taxonomy_term": (
        "id code name description parent_id taxonomy language taxonomy_id term_uri",
        {"taxonomy_detail": "taxonomy", "metadata": "metadata"},
    ),
    "metadata": (
        "id resource_id resource_type last_action_date last_action_type field_name previous_value replacement_value "
        "updated_by",
        {},
    ),
}  # fmt: skip
_SINCE_3_1 = frozenset(
    {
        ("service", "additional_urls"), ("service", "capacities"), ("organization", "additional_websites"),
        ("service_at_location", "service_areas"), ("service_area", "service_at_location_id"), ("attribute", "label"),
    }
)  # fmt: skip


def reduced(kind: str, document: Mapping[str, Any], *, version: str) -> dict[str, Any]:
    """Return a document of that kind with nothing but what HSDS, "3.0" or "3.1", names."""
    own, nested = OBJECTS[kind]
    known = set(own.split()) | set(nested)
    if version == "3.0":
        known -= {name for owner, name in _SINCE_3_1 if owner == kind}
    shown: dict[str, Any] = {}
    for name, value in document.items():
        if name not in known:
            continue
        part = nested.get(name)
        if part is None:
            shown[name] = value
        elif isinstance(value, Mapping):
            shown[name] = reduced(part, value, version=version)
        elif isinstance(value, list):
            shown[name] = [reduced(part, entry, version=version) for entry in value if isinstance(entry, Mapping)]
    return shown
