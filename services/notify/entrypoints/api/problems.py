"""Maps each broken rule to an HTTP status, a slug and a title."""

from __future__ import annotations

from services.notify.domain import errors

PROBLEMS: dict[type[Exception], tuple[int, str, str]] = {
    errors.NotYours: (404, "not-found", "There is nothing here that you may see"),
    errors.StalePreference: (412, "stale-version", "Somebody changed this in the meantime"),
    errors.WebhookAddressRefused: (422, "webhook-address-refused", "This address cannot take webhooks"),
    errors.WebhookEndpointExists: (409, "webhook-endpoint-exists", "Your agency has registered this address already"),
    errors.TooManyWebhookEndpoints: (
        409,
        "too-many-webhook-endpoints",
        "Your agency has as many endpoints as it may have",
    ),
    errors.PeopleOnly: (403, "forbidden", "This access token may not do that"),
}
