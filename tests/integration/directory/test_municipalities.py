"""People find the place they mean among thousands, several of one name, and older data gives way to newer."""

from __future__ import annotations

import csv
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from services.directory.adapters.reference_loader import FOLDER, load_reference
from services.directory.bootstrap import Directory
from tests.support.directory import Agency


def found(client: Any, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get("/municipalities", params=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_places_of_one_name_are_told_apart_by_what_they_lie_in(client: Any) -> None:
    places = [place for place in found(client, search="Ștefan cel Mare") if place["level"] == "commune"]
    assert len(places) == 6
    assert len({place["parent_name"] for place in places}) == 6
    assert {place["country"] for place in places} == {"RO"}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Goce Delchev", "BG-gotse-delchev"),
        ("гоце делчев", "BG-gotse-delchev"),
        ("Rosia Montana", "RO-rosia-montana-alba"),
        ("rosia montna", "RO-rosia-montana-alba"),
        ("Sectorul 3", "RO-bucuresti-sector-3"),
        ("Скопје", "MK-skopje"),
        ("Kërçovë", "MK-kicevo"),
        ("kercova", "MK-kicevo"),
        ("cluj napoc", "RO-cluj-napoca"),
        ("Dobrichka", "BG-dobrichka"),
    ],
)
def test_a_place_is_found_in_any_language_script_and_with_one_error(client: Any, typed: str, code: str) -> None:
    assert found(client, search=typed)[0]["code"] == code


@pytest.mark.parametrize(("typed", "country"), [("Tirana", "AL"), ("Berat", "AL"), ("Vaslui", "RO"), ("Ruse", "BG")])
def test_where_people_live_goes_before_the_area_of_that_name(client: Any, typed: str, country: str) -> None:
    first, *others = found(client, search=typed, country=country)
    assert not first["is_area"]
    assert any(other["is_area"] for other in others)


def test_sectors_towns_and_communes_are_places_that_people_live_in(client: Any) -> None:
    for code in ("RO-bucuresti-sector-1", "RO-abrud", "RO-albac-alba", "BA-brcko", "MK-skopje", "BG-ruse"):
        (place,) = found(client, code=code)
        assert not place["is_area"], code
    for code in ("RO-county-alba", "BG-oblast-ruse", "BA-canton-sarajevo", "MK-region-skopje"):
        (place,) = found(client, code=code)
        assert place["is_area"], code


def test_a_place_carries_its_codes_in_official_lists(client: Any) -> None:
    assert found(client, code="RO-albac-alba")[0]["official_codes"] == {"siruta": "2130"}
    assert found(client, code="BG-blagoevgrad")[0]["official_codes"] == {"ekatte": "BLG03"}
    assert found(client, code="MK-veles")[0]["official_codes"] == {"iso-3166-2": "MK-101"}
    assert found(client, code="AL-tirane")[0]["official_codes"] == {"lau": "AL224"}
    assert found(client, code="BA-brcko")[0]["official_codes"] == {"iso-3166-2": "BA-BRC", "bhas": "30163"}
    assert found(client, code="RS-sabac")[0]["official_codes"] == {"rzs": "71269"}
    assert found(client, code="XK-gjakove")[0]["official_codes"] == {"ask": "02"}


def test_a_place_is_found_by_its_name_in_a_language_of_its_people(client: Any) -> None:
    assert found(client, search="Nagybecskerek", country="RS")[0]["code"] == "RS-zrenjanin"
    assert found(client, search="Biserica Albă", country="RS")[0]["code"] == "RS-bela-crkva"


def test_a_commune_is_found_by_its_county_in_searches_for_services(agency: Agency, client: Any) -> None:
    location = {"kind": "physical", "municipality": "RO-albac-alba"}
    listing = agency.publish(name="Centru de zi", serves=["RO-albac-alba"], location=location)
    for place in ("RO-albac-alba", "RO-county-alba", "RO"):
        answer = client.get("/services", params={"municipality": place, "organization_id": listing["organization_id"]})
        assert [service["id"] for service in answer.json()["contents"]] == [listing["id"]], place


def test_a_place_that_the_reference_data_no_longer_holds_stays_with_its_listings(
    agency: Agency, client: Any, directory: Directory, tmp_path: Path
) -> None:
    location = {"kind": "physical", "municipality": "RO-horea-alba"}
    listing = agency.publish(name="Centru Horea", serves=["RO-horea-alba"], location=location)
    try:
        with directory.engine.begin() as connection:
            load_reference(connection, without("RO-horea-alba", tmp_path / "newer"))
        assert "RO-horea-alba" not in [place["code"] for place in found(client, search="Horea")]
        assert [place["name"] for place in found(client, code="RO-horea-alba")] == ["Horea"]
        assert client.get(f"/services/{listing['id']}").status_code == 200
    finally:
        with directory.engine.begin() as connection:
            load_reference(connection)
    assert "RO-horea-alba" in [place["code"] for place in found(client, search="Horea")]


def test_a_new_name_replaces_the_old_one_under_the_same_code(client: Any, directory: Directory, tmp_path: Path) -> None:
    older = without("RO-albac-alba", tmp_path / "older", instead={"name_official": "Xyzdorf", "names_json": "{}"})
    with directory.engine.begin() as connection:
        load_reference(connection, older)
    assert found(client, search="Xyzdorf")[0]["code"] == "RO-albac-alba"
    with directory.engine.begin() as connection:
        load_reference(connection)
    # A process looks every few seconds whether there are new reference data.
    until = time.monotonic() + 10
    while found(client, search="Xyzdorf") and time.monotonic() < until:
        pass
    assert found(client, search="Xyzdorf") == []
    assert found(client, search="Albac")[0]["code"] == "RO-albac-alba"


def without(code: str, folder: Path, *, instead: dict[str, str] | None = None) -> Path:
    """A folder of reference data in which one place is missing, or says something else."""
    folder.mkdir()
    for name in ("taxonomy.yaml", "foreign_names.yaml"):
        shutil.copy(FOLDER / name, folder)
    with (FOLDER / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row | (instead or {}) if row["code"] == code else row for row in rows if instead or row["code"] != code]
    with (folder / "municipalities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)
    return folder


def test_a_whole_country_is_read_page_by_page(client: Any) -> None:
    codes: list[str] = []
    asked: dict[str, Any] = {"country": "RO", "limit": 1000}
    while True:
        page = client.get("/municipalities", params=asked).json()
        codes += [place["code"] for place in page["items"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert len(codes) == len(set(codes)) == 41 + 103 + 216 + 2862 + 6


@pytest.mark.parametrize("asked", [{"cursor": "RO-nowhere"}, {"cursor": "RO-albac-alba", "search": "alb"}])
def test_a_cursor_that_leads_nowhere_is_refused(client: Any, asked: dict[str, str]) -> None:
    answer = client.get("/municipalities", params=asked)
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "cursor")


def test_a_level_that_no_country_has_is_refused(client: Any) -> None:
    assert client.get("/municipalities", params={"level": "village"}).status_code == 400


def test_the_tree_is_walked_from_the_country_down(client: Any) -> None:
    highest = found(client, parent="AL", limit=100)
    assert {place["level"] for place in highest} == {"county"}
    assert len(highest) == 12
    below = found(client, parent="AL-county-tirane", limit=100)
    assert "AL-tirane" in [place["code"] for place in below]
    assert {place["parent_code"] for place in below} == {"AL-county-tirane"}
    assert found(client, parent="AL-tirane") == []
    assert len(found(client, country="AL", level="municipality", limit=100)) == 61
    assert found(client, parent="AL-county-tirane", level="county") == []


def test_who_has_the_places_already_is_told_that_they_are_the_same(client: Any) -> None:
    answer = client.get("/municipalities", params={"parent": "AL"})
    again = client.get("/municipalities", params={"parent": "AL"}, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    other = client.get("/municipalities", params={"parent": "ME"}, headers={"If-None-Match": answer.headers["ETag"]})
    assert other.status_code == 200
