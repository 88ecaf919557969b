"""Words for the codes of accounts and of what they are told: roles, e-mails, deliveries."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

EMAIL_CHOICES = {
    "new_referrals": _l("A referral was sent to your agency"),
    "answers": _l("The other agency has read, accepted or rejected a referral"),
    "progress": _l("Started, put on hold, appointments"),
    "endings": _l("Completed, cancelled, expired"),
}
DELIVERY_STATUS = {
    "created": _l("Waiting"),
    "sending": _l("Being sent"),
    "delivered": _l("Delivered"),
    "temporary-failure": _l("Failed, will be tried again"),
    "permanent-failure": _l("Refused for good"),
    "technical-failure": _l("Given up"),
}
CHANNELS = {
    "email": _l("E-mail handed over"),
    "webhook": _l("Partner system told"),
    "inbox": _l("Inbox entry made"),
    "sms": _l("Text message handed over"),
}
ROLES = {
    "caseworker": _l("Caseworker"),
    "supervisor": _l("Supervisor"),
    "municipality_officer": _l("Municipality officer"),
    "agency_administrator": _l("Agency administrator"),
    "partner_system": _l("Partner system"),
}
