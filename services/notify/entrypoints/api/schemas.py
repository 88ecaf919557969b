"""Maps bodies on the wire to what the use cases take, and back; the API description has checked the shapes."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from services.notify.domain.message import Language
from services.notify.domain.news import NewsKind
from services.notify.domain.preference import CHOICES, Preference


class PreferencesChangeSchema(Schema):
    """A person's choices as sent."""

    language = fields.Enum(Language, by_value=True, required=True)
    email = fields.Dict(keys=fields.Enum(NewsKind, by_value=True), values=fields.Boolean(), required=True)

    @post_load
    def to_change(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Turn "mail me" into what is muted."""
        muted = frozenset(kind for kind, wanted in data["email"].items() if not wanted)
        return {"language": data["language"], "muted": muted}


class WebhookEndpointDraftSchema(Schema):
    """A new endpoint as sent."""

    url = fields.String(required=True)
    description = fields.String(load_default="")


def preference_view(preference: Preference) -> dict[str, Any]:
    """Return a preference as it goes over the wire."""
    return {
        "language": preference.language.value,
        "email": {kind.value: kind not in preference.muted for kind in CHOICES},
        "version": preference.version,
    }
