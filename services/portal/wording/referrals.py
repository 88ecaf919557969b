"""Words for the codes of referrals: status, urgency, consent, reasons, outcomes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

STATUS = {
    "draft": _l("Draft"),
    "sent": _l("Sent, not read yet"),
    "acknowledged": _l("Received and read"),
    "accepted": _l("Accepted"),
    "in_progress": _l("Help is under way"),
    "on_hold": _l("On hold"),
    "completed": _l("Completed"),
    "rejected": _l("Rejected"),
    "cancelled": _l("Cancelled"),
    "failed": _l("Could not be carried through"),
    "expired": _l("Expired without an answer"),
    "entered_in_error": _l("Entered in error"),
}
URGENCY = {"emergency": _l("Emergency"), "urgent": _l("Urgent"), "routine": _l("Routine")}
URGENCY_HELP = {
    "emergency": _l("The child is in danger now. An answer is due within 24 hours."),
    "urgent": _l("The child needs help within days. An answer is due within 72 hours."),
    "routine": _l("No immediate danger. An answer is due within two weeks."),
}
KIND = {
    "referral": _l("Referral: the agency that refers stays responsible for the child"),
    "transfer": _l("Transfer: responsibility moves to the receiving agency when it accepts"),
}
SEX = {"female": _l("Girl"), "male": _l("Boy"), "other": _l("Other"), "unknown": _l("Not known")}
SEX_TAKEN = {"any": _l("All"), "female": _l("Girls only"), "male": _l("Boys only")}
AGE_BANDS = {
    "0-5": _l("0 to 5 years"),
    "6-11": _l("6 to 11 years"),
    "12-14": _l("12 to 14 years"),
    "15-17": _l("15 to 17 years"),
    "18-24": _l("18 to 24 years"),
    "unknown": _l("Not known (treated as a child)"),
}
SPECIAL_NEEDS = {
    "wheelchair-access": _l("Step-free access"),
    "sign-language": _l("Sign language"),
    "interpreter": _l("Interpreter"),
    "medical-care": _l("Medical care"),
    "disability-support": _l("Support for a disability"),
    "pregnant-or-with-baby": _l("Pregnant or with a baby"),
    "accompanied-by-siblings": _l("Together with brothers or sisters"),
    "safe-transport": _l("Safe transport"),
}
GROUPS = {
    "identity": _l("Who the child is"),
    "contact": _l("How to reach the child"),
    "caregiver": _l("Caregiver"),
    "situation": _l("What happened and what is needed"),
    "health": _l("Health"),
    "trafficking": _l("Trafficking and exploitation"),
}
FIELDS = {
    "given_name": _l("Given name"),
    "family_name": _l("Family name"),
    "other_names": _l("Other names"),
    "date_of_birth": _l("Date of birth"),
    "national_id": _l("National identity number"),
    "nationality": _l("Nationality"),
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "address": _l("Address"),
    "safe_to_contact": _l("When and how contact is safe"),
    "notes": _l("Notes"),
    "name": _l("Name"),
    "relationship": _l("Relationship to the child"),
    "is_informed": _l("Does the caregiver know about this referral?"),
    "may_be_contacted": _l("May the caregiver be contacted?"),
    "reason": _l("Why the child is referred"),
    "summary": _l("What the other agency should know"),
    "safety_concerns": _l("Dangers to the child or to staff"),
    "services_already_given": _l("Help already given"),
}
BASIS = {
    "consent": _l("Consent was given"),
    "best_interests": _l("No consent: best interests of the child"),
    "vital_interests": _l("No consent: danger to life or health"),
    "legal_obligation": _l("No consent: the law demands it"),
}
GIVEN_BY = {
    "child": _l("The child"),
    "caregiver": _l("A caregiver"),
    "guardian": _l("A guardian"),
    "none": _l("Nobody"),
}
CONSENT_FORM = {"written": _l("In writing"), "oral": _l("Orally"), "none": _l("Not at all")}
ASSENT = {
    "given": _l("The child agrees"),
    "refused": _l("The child does not agree"),
    "not_possible": _l("The child could not be asked"),
}
WITHHELD = {
    "not_yet_accepted": _l("Shown after your agency has accepted."),
    "no_consent": _l("Not covered by the consent."),
    "withdrawn": _l("The consent was withdrawn."),
    "closed": _l("The referral is closed; access has ended."),
}
PURPOSES = {
    "case_work": _l("Work on this case"),
    "intake": _l("Preparing the first contact"),
    "supervision": _l("Supervision"),
    "safety": _l("Safety of the child or of others"),
    "data_subject_request": _l("The child or family asks for it"),
}
DUE = {
    "acknowledge": _l("Confirm that it arrived"),
    "decide": _l("Accept or reject"),
    "first_contact": _l("First contact with the child"),
    "feedback": _l("Report back"),
}
REJECT_REASONS = {
    "no_capacity": _l("No free place"),
    "not_eligible": _l("The child does not fit our conditions"),
    "wrong_service": _l("Not the right kind of help"),
    "outside_service_area": _l("Outside the area we serve"),
    "incomplete_information": _l("Important information is missing"),
    "conflict_of_interest": _l("Conflict of interest"),
    "other": _l("Another reason"),
}
HOLD_REASONS = {
    "waiting_for_child": _l("Waiting for the child"),
    "waiting_for_caregiver": _l("Waiting for the caregiver"),
    "waiting_for_documents": _l("Waiting for documents"),
    "waiting_for_place": _l("Waiting for a place"),
    "safety": _l("For safety"),
    "other": _l("Another reason"),
}
FAIL_REASONS = {
    "child_unreachable": _l("The child cannot be reached"),
    "child_declined": _l("The child does not want it"),
    "child_left": _l("The child has left"),
    "service_stopped": _l("The service has stopped"),
    "not_eligible": _l("The child does not fit our conditions"),
    "other": _l("Another reason"),
}
CANCEL_REASONS = {
    "child_declined": _l("The child does not want it"),
    "caregiver_declined": _l("The caregiver does not want it"),
    "need_changed": _l("The child needs something else now"),
    "served_elsewhere": _l("The child gets help elsewhere"),
    "sent_by_mistake": _l("Sent by mistake"),
    "child_moved": _l("The child has moved"),
    "child_unreachable": _l("The child cannot be reached"),
    "service_unavailable": _l("The service is not available"),
    "other": _l("Another reason"),
}
REASONS = (
    REJECT_REASONS
    | HOLD_REASONS
    | FAIL_REASONS
    | CANCEL_REASONS
    | {"consent_withdrawn": _l("The consent was withdrawn")}
)
OUTCOMES = {
    "needs_met": _l("The child got the help it needed"),
    "needs_partly_met": _l("The child got part of the help"),
    "needs_not_met": _l("The child did not get the help"),
    "referred_onward": _l("Referred onward"),
    "child_declined": _l("The child does not want it"),
    "not_reached": _l("The child was not reached"),
    "other": _l("Another outcome"),
}
APPOINTMENT = {
    "scheduled": _l("Appointment made"),
    "rescheduled": _l("Appointment moved"),
    "attended": _l("The child came"),
    "no_show": _l("The child did not come"),
}
WARNINGS = {
    "age_outside_service": _l("The child's age is outside what this service takes."),
    "sex_outside_service": _l("This service is not for children of this sex."),
    "group_not_covered_by_consent": _l("You wrote something that the consent does not cover. It will not be shown:"),
}
