"""The objects of HSDS 3.0 and 3.1 as a table of facts: fields, types, what is required, and what holds what.

A field is written ``name:type=object*!+``: the type is text unless it says ``u`` for an id, ``e`` email, ``i`` web
address, ``t`` moment or ``n`` number; ``=`` names the object it holds, ``*`` a list of them; ``!`` is required, ``+``
came with 3.1. A test holds all of it against the official schemas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

VERSIONS = ("3.0", "3.1")
_BOTH = "attributes=attribute* metadata=metadata*"
_STATUS = ("active", "inactive", "defunct", "temporarily closed")
_KIND_OF_PLACE = ("physical", "postal", "virtual")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One property; ``part`` is the object that it holds, ``is_list`` says whether many."""

    name: str
    type: str
    part: str | None
    is_list: bool
    is_required: bool
    is_new: bool
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HsdsObject:
    """One object with the table that holds it in a package; ``in_table`` are required there besides."""

    name: str
    table: str
    fields: Mapping[str, Field]
    in_table: tuple[str, ...]
    is_new: bool

    @cached_property
    def required(self) -> tuple[Field, ...]:
        """Return the fields that must be there."""
        return tuple(field for field in self.fields.values() if field.is_required)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of its table in the official order."""
        return tuple(field.name for field in self.fields.values() if field.part is None)

    @property
    def parts(self) -> tuple[Field, ...]:
        """Return the fields that hold other objects."""
        return tuple(field for field in self.fields.values() if field.part is not None)


_ALLOWED = {
    ("service", "status"): _STATUS,
    ("location", "location_type"): _KIND_OF_PLACE,
    ("address", "address_type"): _KIND_OF_PLACE,
    ("schedule", "wkst"): ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
    ("schedule", "freq"): ("WEEKLY", "MONTHLY"),
}
_KINDS = {"": "text", "u": "uuid", "e": "email", "i": "uri", "t": "date-time", "n": "number"}


def _field(owner: str, written: str) -> Field:
    name, _, part = written.rstrip("!+").partition("=")
    name, _, kind = name.partition(":")
    return Field(
        name=name,
        type=_KINDS[kind],
        part=part.rstrip("*") or None,
        is_list=part.endswith("*"),
        is_required="!" in written,
        is_new="+" in written,
        allowed=_ALLOWED.get((owner, name), ()),
    )


def _object(name: str, table: str, fields: str, in_table: str = "", *, is_new: bool = False) -> HsdsObject:
    listed = [_field(name, written) for written in fields.split()]
    return HsdsObject(
        name=name,
        table=table,
        fields={field.name: field for field in listed},
        in_table=tuple(in_table.split()),
        is_new=is_new,
    )


# In the order of the tables of the official package.
_OBJECTS = (
    _object(
        "organization", "organizations",
        "id:u! name! alternate_name description! email:e website:i additional_websites=url*+ tax_status tax_id "
        "year_incorporated:n legal_status logo uri:i parent_organization_id:u funding=funding* contacts=contact* "
        "phones=phone* locations=location* programs=program* "
        f"organization_identifiers=organization_identifier* {_BOTH}",
    ),
    _object(
        "program", "programs",
        f"id:u! organization_id:u name! alternate_name description! {_BOTH}",
        "organization_id",
    ),
    _object(
        "service", "services",
        "id:u! organization_id:u program_id:u name! alternate_name description url:i additional_urls=url*+ email:e "
        "status! interpretation_services application_process fees_description wait_time fees accreditations "
        "eligibility_description minimum_age:n maximum_age:n assured_date assurer_email:e licenses alert "
        "last_modified:t phones=phone* schedules=schedule* service_areas=service_area* "
        "service_at_locations=service_at_location* languages=language* organization=organization funding=funding* "
        "cost_options=cost_option* program=program required_documents=required_document* contacts=contact* "
        f"capacities=service_capacity*+ {_BOTH}",
        "organization_id",
    ),
    _object(
        "attribute", "attributes",
        "id:u! link_id:u taxonomy_term_id:u link_type link_entity value taxonomy_term=taxonomy_term "
        "metadata=metadata* label+",
        "link_id taxonomy_term_id link_entity",
    ),
    _object(
        "service_at_location", "service_at_location",
        "id:u! service_id:u location_id:u description service_areas=service_area*+ contacts=contact* phones=phone* "
        f"schedules=schedule* location=location {_BOTH}",
        "service_id location_id",
    ),
    _object(
        "location", "locations",
        "id:u! location_type! url:i organization_id:u name alternate_name description transportation latitude:n "
        "longitude:n external_identifier external_identifier_type languages=language* addresses=address* "
        f"contacts=contact* accessibility=accessibility* phones=phone* schedules=schedule* {_BOTH}",
    ),
    _object(
        "phone", "phones",
        "id:u! location_id:u service_id:u organization_id:u contact_id:u service_at_location_id:u number! extension:n "
        f"type description languages=language* {_BOTH}",
    ),
    _object(
        "contact", "contacts",
        "id:u! organization_id:u service_id:u service_at_location_id:u location_id:u name title department email:e "
        f"phones=phone* {_BOTH}",
    ),
    _object(
        "address", "addresses",
        "id:u! location_id:u attention address_1! address_2 city! region state_province! postal_code! country! "
        f"address_type! {_BOTH}",
    ),
    _object(
        "schedule", "schedules",
        "id:u! service_id:u location_id:u service_at_location_id:u valid_from valid_to dtstart timezone:n until "
        "count:n wkst freq interval:n byday byweekno bymonthday byyearday description opens_at closes_at "
        f"schedule_link:i attending_type notes {_BOTH}",
    ),
    _object("funding", "funding", f"id:u! organization_id:u service_id:u source {_BOTH}"),
    _object(
        "service_area", "service_areas",
        f"id:u! service_id:u service_at_location_id:u+ name description extent extent_type uri {_BOTH}",
    ),
    _object("required_document", "required_documents", f"id:u! service_id:u document uri:i {_BOTH}"),
    _object("language", "languages", f"id:u! service_id:u location_id:u phone_id:u name code note {_BOTH}"),
    _object("accessibility", "accessibility", f"id:u! location_id:u description details url:i {_BOTH}"),
    _object(
        "taxonomy_term", "taxonomy_terms",
        "id:u! code name! description! parent_id:u taxonomy taxonomy_detail=taxonomy language taxonomy_id:u term_uri:i "
        "metadata=metadata*",
    ),
    _object(
        "metadata", "metadata",
        "id:u! resource_id:u resource_type last_action_date! last_action_type! field_name! previous_value! "
        "replacement_value! updated_by!",
        "resource_id resource_type",
    ),
    _object("meta_table_description", "meta_table_descriptions", f"id:u! name language character_set {_BOTH}"),
    _object(
        "cost_option", "cost_options",
        f"id:u! service_id:u valid_from valid_to option currency amount:n amount_description {_BOTH}",
        "service_id",
    ),
    _object(
        "organization_identifier", "organization_identifiers",
        f"id:u! organization_id:u identifier_scheme identifier_type! identifier! {_BOTH}",
        "organization_id",
    ),
    _object("taxonomy", "taxonomies", "id:u! name! description! uri:i version metadata=metadata*"),
    _object("unit", "units", f"id:u! name! scheme identifier uri:i {_BOTH}", is_new=True),
    _object(
        "service_capacity", "service_capacity",
        f"id:u! service_id:u unit=unit! unit_id:u available:n! maximum:n description updated:t! {_BOTH}",
        "unit_id service_id",
        is_new=True,
    ),
    _object("url", "url", f"id:u! label url:i! organization_id:u service_id:u {_BOTH}", is_new=True),
)  # fmt: skip
OBJECTS: Mapping[str, HsdsObject] = {described.name: described for described in _OBJECTS}
# What our own exports say beyond HSDS, in a table of a package: each value with the way to it.
OWN_TABLE = _object("lidhja", "lidhja", "record_id! path! value!")
BY_TABLE: Mapping[str, HsdsObject] = {described.table: described for described in _OBJECTS}


def columns_in(described: HsdsObject, version: str) -> tuple[str, ...]:
    """Return the columns of an object's table in a version; none where the version does not know the object."""
    if version == "3.0" and described.is_new:
        return ()
    return tuple(name for name in described.columns if version != "3.0" or not described.fields[name].is_new)


def is_known_in(field: Field, version: str) -> bool:
    """Say whether a version knows the field."""
    return version != "3.0" or not field.is_new
