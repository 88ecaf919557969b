"""The check of the administrative tree finds what is wrong with it, and nothing in a sound one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.directory.adapters.reference_loader import published_units, units_in_file
from services.directory.domain.reference_check import Unit, faults_of, warnings_of

UNITS = units_in_file()
PUBLISHED = published_units()


def changed(code: str, /, **changes: Any) -> list[str]:
    units = [replace(unit, **changes) if unit.code == code else unit for unit in UNITS]
    return faults_of(units, PUBLISHED)


def test_the_tree_as_it_is_has_no_fault() -> None:
    assert faults_of(UNITS, PUBLISHED) == []


def test_a_missing_place_is_told_with_its_level_and_the_source() -> None:
    without = [unit for unit in UNITS if unit.code != "RO-albac-alba"]
    (fault,) = faults_of(without, PUBLISHED)
    assert fault.startswith("RO commune: 2861 are kept, 2862 published (National Institute of Statistics")


def test_one_place_too_many_is_told() -> None:
    more = [*UNITS, replace(UNITS[1], code="AL-nowhere", official_codes={})]
    assert faults_of(more, PUBLISHED) == [
        "AL municipality: 62 are kept, 61 published (Law 115/2014 on the administrative and territorial division)."
    ]


def test_an_unknown_level_is_told() -> None:
    faults = changed("AL-tirane", level="borough")
    assert any(fault.startswith("AL borough: 1 are kept, 0 published") for fault in faults)


@pytest.mark.parametrize(
    ("code", "changes", "told"),
    [
        ("AL-tirane", {"parent_code": "AL-county-nowhere"}, "AL-county-nowhere, does not exist"),
        ("AL-tirane", {"parent_code": "RS-region-beograd"}, "lies in another country"),
        ("AL-tirane", {"parent_code": "AL-durres"}, "is of no higher level"),
        ("RO-bucuresti", {"parent_code": "RO-bucuresti-sector-1"}, "RO-bucuresti: lies in itself."),
        ("AL-tirane", {"latitude": 44.8}, "AL-tirane: its seat lies outside AL."),
        ("XK-prishtine", {"names": {"sq": "Prishtinë", "sr-Latn": ""}}, "has no name in sr-Cyrl, sr-Latn."),
        ("BG-ruse", {"official_codes": {"ekatte": "BLG03"}}, "ekatte BLG03: this official code names 2 places."),
        ("BG-ruse", {"code": "BG-varna"}, "BG-varna: this code names 2 places."),
    ],
)
def test_what_is_wrong_with_one_place_is_told(code: str, changes: dict[str, Any], told: str) -> None:
    assert any(told in fault for fault in changed(code, **changes))


def test_a_country_of_which_nothing_is_published_is_told() -> None:
    stranger = Unit(
        code="DE-berlin", country="DE", level="city", parent_code=None, names={}, latitude=52.5, longitude=13.4
    )
    assert "DE-berlin: nothing is published for the country DE." in faults_of([*UNITS, stranger], PUBLISHED)


def test_a_circle_of_many_is_walked_once() -> None:
    ring = [replace(UNITS[1], code=f"AL-{number}", parent_code=f"AL-{(number + 1) % 300}") for number in range(300)]
    below = replace(UNITS[1], code="AL-below", parent_code="AL-0")
    faults = faults_of([*ring, below], {"AL": PUBLISHED["AL"]})
    assert "AL-7: lies in itself." in faults
    assert "AL-below: lies in itself." not in faults


def test_units_without_an_official_code_are_told_by_country_and_pass_in_silence_nowhere() -> None:
    assert warnings_of(UNITS, PUBLISHED) == [
        "BA: no official code for 2 of level city, for which no register is named; "
        "1 of 142 of level municipality (bhas: BA-stanari).",
        "MK: no official code for 8 of level region, for which no register is named; "
        "1 of level city, for which no register is named.",
        "RS: no official code for 1 of level city, for which no register is named.",
        "XK: no official code for 7 of level district, for which no register is named; "
        "6 of 38 of level municipality (ask).",
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("RO-albac-alba", "RO: no official code for 1 of 2862 of level commune (siruta: RO-albac-alba)."),
        ("AL-tirane", "AL: no official code for 1 of 61 of level municipality (lau: AL-tirane)."),
        (
            "BA-canton-sarajevo",
            "BA: no official code for 1 of 10 of level canton (bhas: BA-canton-sarajevo);",
        ),
        ("BA-tuzla", "BA: no official code for 2 of level city, for which no register is named; 2 of 142"),
        (
            "RS-sabac",
            "RS: no official code for 1 of level city, for which no register is named; 1 of 161",
        ),
        ("XK-prizren", "XK: no official code for 7 of level district, for which no register is named; 7 of 38"),
    ],
)
def test_a_code_that_goes_missing_is_told(code: str, told: str) -> None:
    units = [replace(unit, official_codes={}) if unit.code == code else unit for unit in UNITS]
    assert any(warning.startswith(told) for warning in warnings_of(units, PUBLISHED))


def test_a_code_of_another_register_is_none() -> None:
    units = [replace(unit, official_codes={"iso-3166-2": "BG-1"}) if unit.code == "BG-ruse" else unit for unit in UNITS]
    assert any(warning.startswith("BG: no official code for 1 of 265") for warning in warnings_of(units, PUBLISHED))
