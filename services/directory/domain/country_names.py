"""What the countries are called, in every language of the directory and in short, for being found by it."""

from __future__ import annotations

from collections.abc import Mapping

# Names of several words stand in their cases, too, where these do not follow word by word. Diacritics are no matter.
COUNTRY_NAMES: Mapping[str, tuple[str, ...]] = {
    "AL": ("Albania", "Shqipëri", "Republika e Shqipërisë", "Albanija", "Албанија", "Албания", "Albaniya"),
    "BA": (
        "Bosnia and Herzegovina", "Bosnia & Herzegovina", "Bosnia", "Herzegovina", "Bosna i Hercegovina", "Bosna",
        "Hercegovina", "BiH", "Босна и Херцеговина", "Босна", "Херцеговина", "БиХ", "Bosnje dhe Hercegovinë",
        "Bosnja dhe Hercegovina", "Bosnja e Hercegovina", "Bosnje Hercegovinë", "Bosnjë", "Hercegovinë",
        "Bosnia și Herțegovina", "Bosnia Herțegovina", "Herțegovina",
    ),
    "BG": ("Bulgaria", "България", "Bullgari", "Bugarska", "Бугарска", "Бугарија", "Bulgariya"),
    "ME": (
        "Montenegro", "Crna Gora", "Црна Гора", "Черна гора", "Muntenegru", "Mali i Zi", "Mal i Zi", "Malin e Zi",
        "Malit të Zi",
    ),
    "MK": (
        "North Macedonia", "Macedonia", "Северна Македонија", "Македонија", "Северна Македония", "Македония",
        "Severna Makedonija", "Sjeverna Makedonija", "Makedonija", "Maqedonia e Veriut", "Maqedonisë së Veriut",
        "Maqedoni", "Macedonia de Nord",
    ),
    "RO": ("Romania", "România", "Румъния", "Rumani", "Rumunija", "Румунија", "Rumunjska"),
    "RS": ("Serbia", "Srbija", "Србија", "Сърбия", "Serbi", "Serbiya"),
    "XK": (
        "Kosovo", "Kosova", "Kosovë", "Косово", "Kosovo i Metohija", "Косово и Метохија", "Косово и Метохия",
        "Republika e Kosovës", "Kosmet",
    ),
}  # fmt: skip
