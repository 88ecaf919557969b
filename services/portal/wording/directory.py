"""Words for the codes of the directory: listings, places, hours, languages, accessibility, matches."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

TIERS = {
    "public": _l("Everybody"),
    "network": _l("Only agencies that are signed in"),
    "named": _l("Only the agencies that you choose"),
}
LISTING_STATUS = {
    "draft": _l("Draft, nobody else sees it"),
    "published": _l("Published"),
    "in_review": _l("In review"),
    "withdrawn": _l("Withdrawn"),
}
STAGES = LISTING_STATUS | {
    "revised": _l("Published; a change waits beside it"),
    "revision_in_review": _l("Published; a change is in review"),
}
REJECTIONS_OF_LISTING = {
    "wrong": _l("Something in it is wrong"),
    "incomplete": _l("Something is missing"),
    "unclear": _l("It is not clear enough"),
    "duplicate": _l("It is in the directory already"),
    "not_for_children": _l("It is no service for children or families"),
    "not_verified": _l("It could not be verified"),
    "other": _l("Another reason"),
}
CLOSING_REASONS = {
    "holidays": _l("Holidays"),
    "staff_shortage": _l("Too few staff"),
    "no_funding": _l("No funding"),
    "building_works": _l("Building works"),
    "emergency": _l("Emergency"),
    "moved": _l("It has moved"),
    "service_ended": _l("The service has ended"),
    "other": _l("Another reason"),
}
STEPS_OF_REVIEW = {
    "submit": _l("Submitted for review"),
    "recall": _l("Taken back from review"),
    "comment": _l("Comment"),
    "approve": _l("Approved and published"),
    "reject": _l("Sent back"),
    "publish": _l("Published"),
    "discard": _l("Change given up"),
}
# What became of a listing, as its history names it.
DEEDS = {
    # What the system itself wrote down as it found it: the demo data, an import.
    **LISTING_STATUS,
    "draft": _l("Draft written"),
    "edit": _l("Changed"),
    **STEPS_OF_REVIEW,
    "withdraw": _l("Withdrawn"),
    "close": _l("Closed for a time"),
    "reopen": _l("Opened again"),
    "confirm": _l("Confirmed as still right"),
    "revert": _l("Set back to an older version"),
    "claim": _l("Taken over by another agency"),
    "import": _l("Imported"),
    "merge": _l("Merged with a duplicate"),
}
ENQUIRY_ANSWERS = {
    "capacity": _l("Yes, we have room"),
    "no-capacity": _l("No room"),
    "waitlist": _l("Waiting list"),
    "additional-assessment-required": _l("We must know more first"),
}
CONTENT_FIELDS = {
    "name": _l("Name of the service"),
    "alternate_name": _l("Other name, such as a short one"),
    "description": _l("Description"),
    "taxonomy_terms": _l("Kind of help"),
    "minimum_age": _l("Lowest age"),
    "maximum_age": _l("Highest age"),
    "sex": _l("Sex"),
    "eligibility_description": _l("Conditions"),
    "languages": _l("Languages"),
    "serves": _l("Serves"),
    "location": _l("Where"),
    "tier": _l("Who can find it"),
    "named_agencies": _l("Agencies that may find it"),
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "url": _l("Website"),
    "application_process": _l("How to get there"),
    "fees_description": _l("Costs"),
    "wait_time": _l("Waiting time"),
    "alert": _l("Notice that everybody should see first"),
    "accepts_referrals": _l("Takes referrals"),
    "schedule": _l("Opening hours"),
    "always_open": _l("Open day and night"),
    "accessibility": _l("Accessibility"),
    "source_language": _l("Language of the texts"),
    "translations": _l("Translations"),
    "hsds": _l("Further details from an import"),
}
UNITS = {
    "places": _l("Places"),
    "beds": _l("Beds"),
    "appointments": _l("Appointments"),
    "hours": _l("Hours"),
}
# Places that hold municipalities; everything else counts as a town.
AREAS = {
    "canton": _l("canton"),
    "county": _l("county"),
    "district": _l("district"),
    "entity": _l("entity"),
    "oblast": _l("oblast"),
    "region": _l("region"),
}
COUNTRIES = {
    "AL": _l("Albania"),
    "BA": _l("Bosnia and Herzegovina"),
    "BG": _l("Bulgaria"),
    "XK": _l("Kosovo"),
    "ME": _l("Montenegro"),
    "MK": _l("North Macedonia"),
    "RO": _l("Romania"),
    "RS": _l("Serbia"),
}
LOCATION_KINDS = {
    "physical": _l("An address that everybody may know"),
    "confidential": _l("A secret address, such as a shelter: nobody outside your agency ever sees it"),
    "virtual": _l("By phone or online only"),
}
DAYS = {
    "MO": _l("Monday"),
    "TU": _l("Tuesday"),
    "WE": _l("Wednesday"),
    "TH": _l("Thursday"),
    "FR": _l("Friday"),
    "SA": _l("Saturday"),
    "SU": _l("Sunday"),
}
ACCESSIBILITY = {
    "wheelchair": _l("Step-free, for wheelchairs"),
    "lift": _l("Lift"),
    "accessible-toilet": _l("Toilet for wheelchairs"),
    "accessible-parking": _l("Parking for disabled people"),
    "induction-loop": _l("Hearing loop"),
    "sign-language": _l("Sign language"),
    "text-chat": _l("Help in writing (chat or text)"),
    "easy-read": _l("Information in easy words"),
    "large-print": _l("Large print"),
    "braille": _l("Braille"),
    "quiet-room": _l("Quiet room"),
    "assistance-dog": _l("Assistance dogs welcome"),
    "transport": _l("Transport is arranged"),
    "accompaniment": _l("Somebody comes along"),
    "home-visits": _l("Home visits"),
}
# Languages of services and families: ISO 639 codes as the directory keeps them.
SPOKEN = {
    "sq": _l("Albanian"),
    "bs": _l("Bosnian"),
    "bg": _l("Bulgarian"),
    "cnr": _l("Montenegrin"),
    "mk": _l("Macedonian"),
    "ro": _l("Romanian"),
    "rom": _l("Romani"),
    "sr": _l("Serbian"),
    "hr": _l("Croatian"),
    "hu": _l("Hungarian"),
    "tr": _l("Turkish"),
    "en": _l("English"),
    "el": _l("Greek"),
    "it": _l("Italian"),
    "de": _l("German"),
    "sk": _l("Slovak"),
    "ru": _l("Russian"),
    "ar": _l("Arabic"),
    "fa": _l("Persian"),
    "uk": _l("Ukrainian"),
}
