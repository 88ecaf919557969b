"""How the broken rules of the domain are answered over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from services.referral.adapters.queries import CursorUnreadable
from services.referral.domain import errors

PROBLEMS: Mapping[type[Exception], tuple[int, str, str]] = {
    errors.NoSuchReferral: (404, "not-found", "There is nothing here that you may see"),
    errors.TransitionNotAllowed: (409, "illegal-transition", "The referral does not allow that now"),
    errors.StaleReferral: (412, "stale-version", "Somebody changed this in the meantime"),
    errors.ConsentMissing: (422, "consent-missing", "The consent does not allow sending this"),
    errors.ServiceNotAvailable: (422, "service-not-available", "The service cannot receive this referral"),
    errors.ReasonNotKnown: (400, "invalid-request", "The request does not fit the API description"),
    errors.KeyErased: (409, "erased", "The child's data was erased for ever"),
    CursorUnreadable: (400, "invalid-request", "The request does not fit the API description"),
}
