"""Says who may do what, operation by operation, in the words of the design and not of the code.

The rules it writes down: a child's data goes to the two agencies of a referral alone, and to the receiving one only
once it was sent; what is not yours does not exist; the public tier of the directory shows published listings of the
tier "public" and nothing else; an inbox is one person's; webhook endpoints and accounts are one agency's.

Whoever adds an operation to an API description adds a line here, or the matrix fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Callers. All of them hold every scope there is, so that nothing but the rule about the object can refuse them.
OWN = "own agency"
OTHER = "other party"
COLLEAGUE = "colleague"
STRANGER = "agency that is no party"
SYSTEM = "system of an agency that is no party"
SERVICE = "internal service"
ANONYMOUS = "nobody signed in"
SIGNED_IN = frozenset({OWN, OTHER, COLLEAGUE, STRANGER, SYSTEM, SERVICE})
EVERYBODY = SIGNED_IN | {ANONYMOUS}
NOBODY: frozenset[str] = frozenset()
BOTH = frozenset({OWN, OTHER, COLLEAGUE})
OURS = frozenset({OWN, COLLEAGUE})
SECOND_PERSONS = frozenset({OTHER, COLLEAGUE})
SYSTEMS = frozenset({SYSTEM, SERVICE})
PERSONS = SIGNED_IN - SYSTEMS

# Who may know that a thing exists. Whoever may know of it but not do the thing asked for gets 409, others 404.
SEEN_BY: Mapping[str, frozenset[str]] = {
    "draft referral": OURS,
    # Called off before it was sent: the other side has never heard of it.
    "dropped referral": OURS,
    "sent referral": BOTH,
    "accepted referral": BOTH,
    "held referral": BOTH,
    "completed referral": BOTH,
    "rejected referral": BOTH,
    "cancelled referral": BOTH,
    # The other party to a listing is the agency behind the organization, where a municipality keeps it.
    "draft listing": BOTH,
    "published listing": BOTH,
    "submitted listing": BOTH,
    "revised listing": BOTH,
    "closed listing": BOTH,
    # The other party made the claim, or was given the delegation.
    "claim": BOTH,
    "delegation": BOTH,
    "organization without an agency": SIGNED_IN,
    "published service": EVERYBODY,
    "draft service": NOBODY,
    "withdrawn service": NOBODY,
    "network service": NOBODY,
    "named service": NOBODY,
    "published organization": EVERYBODY,
    "organization without a public service": NOBODY,
    "organization": BOTH,
    "revised organization": BOTH,
    "submitted organization": BOTH,
    # A file is known to the agency that sent it, whoever else keeps the listings.
    "import": OURS,
    "tried import": OURS,
    "published place": EVERYBODY,
    "withdrawn place": NOBODY,
    "taxonomy": EVERYBODY,
    "taxonomy term": EVERYBODY,
    # The other party to an enquiry is the agency that was asked.
    "capacity enquiry": BOTH,
    "service asked": BOTH,
    "agency": SIGNED_IN,
    "people of an agency": OURS | {SERVICE},
    "account": OURS | {SERVICE},
    "inbox entry": frozenset({OWN}),
    "webhook endpoint": OURS,
}


@dataclass(frozen=True)
class Rule:
    """What an operation asks of its caller.

    ``scopes`` None is public, empty is any valid token. ``done_by`` says by kind of thing in the path who may do it,
    ``lists`` by kind of thing in whose list it stands. What is ``for_persons_alone`` no system does, whatever its
    scopes and whatever it is about.
    """

    scopes: frozenset[str] | None
    done_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    for_persons_alone: bool = False


def public(*kinds: str, lists: tuple[str, ...] = ()) -> Rule:
    """Open to all without a token; things in the path or the list are shown to whom SEEN_BY says."""
    return Rule(None, {kind: SEEN_BY[kind] for kind in kinds}, {kind: SEEN_BY[kind] for kind in lists})


def scoped(scope: str, *kinds: str, lists: tuple[str, ...] = ()) -> Rule:
    """Needs a token with the scope ("" is any token); whoever may know of the thing may do it."""
    scopes = frozenset({scope} - {""})
    return Rule(scopes, {kind: SEEN_BY[kind] for kind in kinds}, {kind: SEEN_BY[kind] for kind in lists})


def decided(by: frozenset[str], *kinds: str) -> Rule:
    """Needs somebody who answers for it: a person who keeps listings, and of them whoever the rule names."""
    return Rule(frozenset({"listings:write"}), dict.fromkeys(kinds, by), for_persons_alone=True)


def move(by: frozenset[str], *at: str) -> Rule:
    """Moves a referral; everywhere but ``at`` it is refused, to those who may know of it with 409."""
    stages = ("draft referral", "accepted referral", "rejected referral", *at)
    return Rule(frozenset({"referrals:write"}), {kind: by if kind in at else NOBODY for kind in stages})


RECEIVER = frozenset({OTHER})
ALL_REFERRALS = tuple(kind for kind in SEEN_BY if kind.endswith(" referral"))
HIDDEN_SERVICES = ("draft service", "withdrawn service", "network service", "named service")
ALL_SERVICES = ("published service", *HIDDEN_SERVICES)
ALL_ORGANIZATIONS = ("published organization", "organization without a public service")

# The only operations that need no token.
PUBLIC: Mapping[str, Rule] = {
    "identity.read_configuration": public(),
    "identity.read_keys": public(),
    "identity.show_sign_in": public(),
    "identity.sign_in": public(),
    "identity.read_stylesheet": public(),
    "identity.issue_token": public(),
    "identity.revoke_token": public(),
    "directory.get_api_details": public(),
    "directory.list_services": public(lists=ALL_SERVICES),
    "directory.get_service": public(*ALL_SERVICES),
    "directory.list_organizations": public(lists=ALL_ORGANIZATIONS),
    "directory.get_organization": public(*ALL_ORGANIZATIONS),
    "directory.list_taxonomies": public(lists=("taxonomy",)),
    "directory.get_taxonomy": public("taxonomy"),
    "directory.list_taxonomy_terms": public(),
    "directory.get_taxonomy_term": public("taxonomy term"),
    "directory.list_service_at_locations": public(lists=("published place", "withdrawn place", *HIDDEN_SERVICES)),
    "directory.get_service_at_location": public("published place", "withdrawn place"),
    "directory.list_municipalities": public(),
    "directory.export_services": public(),
    "directory.query_services": public(lists=ALL_SERVICES),
    "directory.query_organizations": public(lists=ALL_ORGANIZATIONS),
    "directory.query_taxonomies": public(lists=("taxonomy",)),
    "directory.query_taxonomy_terms": public(),
    "directory.query_service_at_locations": public(lists=("published place", "withdrawn place", *HIDDEN_SERVICES)),
    "directory.query_openings": public(lists=ALL_SERVICES),
    "directory.list_changes": public(),
    "directory.get_profile": public(),
}

RULES: Mapping[str, Rule] = {
    **PUBLIC,
    "identity.read_userinfo": scoped(""),
    "identity.list_agencies": scoped("", lists=("agency",)),
    "identity.get_agency": scoped("", "agency"),
    "identity.list_accounts": scoped("accounts:read", "people of an agency"),
    "identity.get_account": scoped("accounts:read", "account"),
    "identity.list_events": scoped("events:read"),
    "directory.register_organization": scoped("listings:write"),
    "directory.list_own_organizations": scoped("listings:write", lists=("organization",)),
    "directory.get_own_organization": scoped("listings:write", "organization"),
    "directory.revise_own_organization": scoped("listings:write", "organization"),
    "directory.list_organization_versions": scoped("listings:write", "organization"),
    "directory.get_organization_version": scoped("listings:write", "organization"),
    "directory.get_organization_diff": scoped("listings:write", "organization"),
    "directory.list_organization_reviews": scoped("listings:write", lists=("submitted organization",)),
    "directory.get_organization_proposal": scoped("listings:write", "revised organization"),
    "directory.discard_organization_proposal": scoped("listings:write", "revised organization"),
    "directory.submit_organization": scoped("listings:write", "revised organization"),
    "directory.publish_organization": scoped("listings:write", "revised organization"),
    "directory.recall_organization": scoped("listings:write", "submitted organization"),
    "directory.comment_on_organization": scoped("listings:write", "submitted organization"),
    # Nobody decides on what he wrote himself.
    "directory.approve_organization": decided(SECOND_PERSONS, "submitted organization"),
    "directory.reject_organization": decided(SECOND_PERSONS, "submitted organization"),
    # The network tier is for signed-in agencies that refer children.
    "directory.find_matches": Rule(
        frozenset({"referrals:read"}),
        lists={"network service": SIGNED_IN, "named service": BOTH, "withdrawn service": NOBODY},
    ),
    "directory.list_network_services": Rule(
        frozenset({"referrals:read"}),
        lists={
            "network service": SIGNED_IN,
            "named service": BOTH,
            "withdrawn service": NOBODY,
            "draft service": NOBODY,
        },
    ),
    "directory.get_network_service": Rule(
        frozenset({"referrals:read"}),
        # Public services have an address of their own, where nobody need sign in.
        {"network service": SIGNED_IN, "named service": BOTH, "withdrawn service": NOBODY, "draft service": NOBODY},
    ),
    "directory.list_listings": scoped("listings:write", lists=("draft listing", "published listing")),
    "directory.draft_listing": scoped("listings:write"),
    "directory.get_listing": scoped("listings:write", "draft listing", "published listing"),
    "directory.revise_listing": scoped("listings:write", "draft listing", "published listing"),
    "directory.publish_listing": scoped("listings:write", "draft listing"),
    # What was published is known to others: it is withdrawn, and nobody deletes it.
    "directory.delete_listing": Rule(
        frozenset({"listings:write"}), {"draft listing": SEEN_BY["draft listing"], "published listing": NOBODY}
    ),
    "directory.withdraw_listing": scoped("listings:write", "published listing"),
    "directory.confirm_listing": scoped("listings:write", "published listing"),
    "directory.confirm_listings": scoped("listings:write"),
    "directory.export_own_services": scoped("listings:write"),
    "directory.create_import": scoped("listings:write"),
    "directory.list_imports": scoped("listings:write"),
    "directory.get_template": scoped("listings:write"),
    "directory.get_import": scoped("listings:write", "import"),
    "directory.list_import_rows": scoped("listings:write", "import"),
    "directory.cancel_import": scoped("listings:write", "import"),
    "directory.apply_import": scoped("listings:write", "tried import"),
    "directory.report_capacity": scoped("listings:write", "published listing"),
    "directory.list_capacity_enquiries": scoped("referrals:read", lists=("capacity enquiry",)),
    "directory.enquire_capacity": scoped("referrals:write"),
    "directory.get_capacity_enquiry": scoped("referrals:read", "capacity enquiry"),
    "directory.close_capacity_enquiry": Rule(frozenset({"referrals:write"}), {"capacity enquiry": OURS}),
    "directory.answer_capacity_enquiry": Rule(frozenset({"referrals:write"}), {"service asked": RECEIVER}),
    "directory.list_unmet_needs": scoped("listings:write"),
    # Pairs and merges name what is kept by its id in the body: what is not yours is no part of any.
    "directory.list_duplicates": scoped("listings:write"),
    "directory.dismiss_duplicate": scoped("listings:write"),
    "directory.merge_records": decided(PERSONS),
    "directory.list_reviews": scoped("listings:write", lists=("submitted listing",)),
    "directory.submit_listing": scoped("listings:write", "draft listing"),
    "directory.recall_listing": scoped("listings:write", "submitted listing"),
    "directory.comment_on_listing": scoped("listings:write", "submitted listing"),
    # Nobody decides on what he submitted himself.
    "directory.approve_listing": decided(SECOND_PERSONS, "submitted listing"),
    "directory.reject_listing": decided(SECOND_PERSONS, "submitted listing"),
    "directory.get_proposal": scoped("listings:write", "revised listing"),
    "directory.discard_proposal": scoped("listings:write", "revised listing"),
    "directory.list_versions": scoped("listings:write", "draft listing", "published listing"),
    "directory.get_version": scoped("listings:write", "draft listing", "published listing"),
    "directory.get_diff": scoped("listings:write", "draft listing", "published listing"),
    "directory.revert_listing": scoped("listings:write", "published listing"),
    "directory.close_listing": scoped("listings:write", "published listing"),
    "directory.reopen_listing": scoped("listings:write", "closed listing"),
    # Either agency asks for a second look; the agency that keeps the listings decides on claims.
    "directory.set_organization_review": decided(BOTH, "organization"),
    "directory.claim_organization": decided(PERSONS, "organization without an agency"),
    "directory.list_claims": scoped("listings:write", lists=("claim",)),
    "directory.approve_claim": decided(OURS, "claim"),
    "directory.reject_claim": decided(OURS, "claim"),
    "directory.list_delegations": scoped("listings:write", lists=("delegation",)),
    "directory.create_delegation": decided(PERSONS),
    "directory.end_delegation": decided(BOTH, "delegation"),
    "directory.list_events": scoped("events:read"),
    "referral.list_referrals": scoped("referrals:read", lists=ALL_REFERRALS),
    "referral.create_referral": scoped("referrals:write"),
    "referral.get_referral": scoped("referrals:read", *ALL_REFERRALS),
    "referral.get_packet": scoped("packets:read", *ALL_REFERRALS),
    "referral.get_history": scoped("referrals:read", *ALL_REFERRALS),
    "referral.replace_draft": move(OURS, "draft referral"),
    "referral.send": move(OURS, "draft referral"),
    "referral.acknowledge": move(RECEIVER, "sent referral"),
    "referral.accept": move(RECEIVER, "sent referral"),
    "referral.reject": move(RECEIVER, "sent referral"),
    "referral.start": move(RECEIVER, "accepted referral"),
    "referral.hold": move(RECEIVER, "accepted referral"),
    "referral.resume": move(RECEIVER, "held referral"),
    "referral.complete": move(RECEIVER, "accepted referral"),
    "referral.give_feedback": move(RECEIVER, "completed referral"),
    "referral.fail": move(RECEIVER, "accepted referral"),
    "referral.set_appointment": move(RECEIVER, "accepted referral"),
    "referral.mark_entered_in_error": move(
        OURS, "draft referral", "dropped referral", "sent referral", "accepted referral", "rejected referral"
    ),
    # Calling off is the sender's until the other side has taken the child on, then either's.
    "referral.cancel": Rule(
        frozenset({"referrals:write"}),
        {"draft referral": OURS, "sent referral": OURS, "accepted referral": BOTH, "rejected referral": NOBODY},
    ),
    # Either side may hear it from the child.
    "referral.withdraw_consent": Rule(
        frozenset({"referrals:write"}),
        {"draft referral": NOBODY, "sent referral": BOTH, "accepted referral": BOTH, "rejected referral": NOBODY},
    ),
    "referral.list_events": scoped("events:read"),
    "notify.list_inbox": scoped("notifications:read", lists=("inbox entry",)),
    "notify.mark_read": scoped("notifications:write", "inbox entry"),
    "notify.mark_all_read": scoped("notifications:write"),
    "notify.get_preferences": scoped("notifications:read"),
    "notify.put_preferences": scoped("notifications:write"),
    "notify.list_endpoints": scoped("webhooks:write", lists=("webhook endpoint",)),
    "notify.create_endpoint": scoped("webhooks:write"),
    "notify.get_endpoint": scoped("webhooks:write", "webhook endpoint"),
    "notify.delete_endpoint": scoped("webhooks:write", "webhook endpoint"),
    "notify.test_endpoint": scoped("webhooks:write", "webhook endpoint"),
    "notify.list_attempts": scoped("webhooks:write", "webhook endpoint"),
    "notify.list_events": scoped("events:read"),
}

_CASEWORK = frozenset(
    {"referrals:read", "referrals:write", "packets:read", "notifications:read", "notifications:write"}
)
ROLE_SCOPES: Mapping[str, frozenset[str]] = {
    "caseworker": _CASEWORK,
    "supervisor": _CASEWORK,
    "municipality_officer": frozenset({"listings:write", "notifications:read", "notifications:write"}),
    "agency_administrator": frozenset(
        {"listings:write", "webhooks:write", "notifications:read", "notifications:write"}
    ),
    # The most that the operator may grant; without a word of his, all but the writing of listings.
    "partner_system": frozenset(
        {"referrals:read", "referrals:write", "packets:read", "notifications:read", "webhooks:write", "listings:write"}
    ),
    "service": frozenset({"accounts:read", "events:read"}),
}
SYSTEM_ROLES = ("partner_system", "service")
ALL_SCOPES = frozenset().union(*ROLE_SCOPES.values())
