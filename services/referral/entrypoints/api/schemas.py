"""Reads request bodies into commands; the API description has checked their shape already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from chassis.problems import INVALID_REQUEST, Problem
from services.referral.application.drafts import Draft
from services.referral.domain.appointment import Appointment, AppointmentStatus
from services.referral.domain.consent import Assent, Basis, Consent, DataGroup, Form, GivenBy
from services.referral.domain.status import Kind, Urgency

_EMPTY_TRIAGE: dict[str, Any] = {"municipality": None, "languages": [], "special_needs": []}


class _Body(Schema):
    class Meta:
        unknown = EXCLUDE


class ConsentSchema(_Body):
    """The consent as it is recorded."""

    basis = fields.Enum(Basis, by_value=True, required=True)
    given_by = fields.Enum(GivenBy, by_value=True, required=True)
    form = fields.Enum(Form, by_value=True, required=True)
    data_groups = fields.List(fields.Enum(DataGroup, by_value=True), required=True)
    language = fields.String(load_default=None)
    obtained_at = fields.AwareDateTime(load_default=None)
    valid_until = fields.AwareDateTime(load_default=None)
    child_assent = fields.Enum(Assent, by_value=True, load_default=None)
    override_reason = fields.String(load_default="")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Consent:
        """Build the consent; of the reason of an override only the fact that there is one."""
        is_explained = bool(data.pop("override_reason").strip())
        return Consent(**(data | {"data_groups": frozenset(data["data_groups"])}), is_override_explained=is_explained)


class DraftSchema(_Body):
    """A draft as it is written."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    urgency = fields.Enum(Urgency, by_value=True, required=True)
    service_id = fields.String(required=True)
    case_reference = fields.String(load_default=None)
    triage = fields.Dict(required=True)
    packet = fields.Dict(keys=fields.Enum(DataGroup, by_value=True), values=fields.Dict(), load_default=dict)
    consent = fields.Nested(ConsentSchema, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Draft:
        """Build the draft; a group without a single value counts as not filled in."""
        filled = {group: content for group, content in data.pop("packet").items() if _has_value(content)}
        triage = {**_EMPTY_TRIAGE, **data.pop("triage")}
        return Draft(**data, triage=triage, packet=filled)


class AppointmentSchema(_Body):
    """An appointment."""

    status = fields.Enum(AppointmentStatus, by_value=True, required=True)
    at = fields.AwareDateTime(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Appointment:
        """Build the appointment."""
        return Appointment(**data)


class MoveSchema(_Body):
    """The codes and times that come with an action."""

    reason_code = fields.String(load_default="")
    outcome_code = fields.String(load_default="")
    until = fields.AwareDateTime(load_default=None)


def read_body(schema: Schema, body: Any) -> Any:
    """Return what the schema builds; a date that is none, such as the 31st of June, raises the 400 problem."""
    try:
        return schema.load(body)
    except ValidationError as error:
        errors = [{"pointer": "/" + name, "detail": "cannot be read"} for name in sorted(dict(error.messages_dict))]
        raise Problem(INVALID_REQUEST, "Correct the fields listed under errors and repeat.", errors=errors) from None


def read_draft(body: dict[str, Any]) -> Draft:
    """Return the draft in a request body."""
    draft: Draft = read_body(DraftSchema(), body)
    reason = (body.get("consent") or {}).get("override_reason", "").strip()
    return replace(draft, override_reason=reason or None)


def _has_value(content: dict[str, Any]) -> bool:
    return any(value not in ("", None) for value in content.values())
