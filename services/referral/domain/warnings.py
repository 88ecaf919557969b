"""What speaks against a referral without forbidding it; a caseworker may know better than a listing."""

from __future__ import annotations

from services.referral.domain.consent import Consent, DataGroup

_BANDS = {"0-5": (0, 5), "6-11": (6, 11), "12-14": (12, 14), "15-17": (15, 17), "18-24": (18, 24)}


def warnings_for(
    *,
    age_band: str,
    sex: str,
    minimum_age: int | None,
    maximum_age: int | None,
    served_sex: str | None,
    places_available: int | None,
    filled: frozenset[DataGroup],
    consent: Consent | None,
) -> list[dict[str, str]]:
    """Return coded warnings; what is unknown on either side warns of nothing."""
    found = []
    if not _ages_overlap(age_band, minimum_age, maximum_age):
        found.append({"code": "age_outside_service"})
    if served_sex in ("female", "male") and sex in ("female", "male") and sex != served_sex:
        found.append({"code": "sex_outside_service"})
    if places_available == 0:
        found.append({"code": "no_place_free"})
    if consent is not None:
        left_out = sorted(group.value for group in filled - consent.data_groups)
        found += [{"code": "group_not_covered_by_consent", "group": name} for name in left_out]
    return found


def _ages_overlap(age_band: str, minimum_age: int | None, maximum_age: int | None) -> bool:
    youngest, oldest = _BANDS.get(age_band, (None, None))
    if youngest is None or oldest is None:
        return True
    is_too_young = minimum_age is not None and oldest < minimum_age
    is_too_old = maximum_age is not None and youngest > maximum_age
    return not (is_too_young or is_too_old)
