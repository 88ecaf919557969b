"""A municipality that a file names goes before the county that is called as its seat is."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.integration.directory.test_imports import work_off
from tests.integration.directory.test_impossible_facts import service, taken, told
from tests.support.directory import Agency


def area(**said: str) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), **said}


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ({"name": "Tiranë"}, ["AL-tirane"]),
        ({"name": "Durres"}, ["AL-durres"]),
        ({"name": "Somewhere", "extent": "AL-county-tirane"}, ["AL-county-tirane"]),
        # As our own export says it: the code counts, and what it is called adds nothing to it.
        ({"name": "Tiranë", "extent": "AL-county-tirane", "extent_type": "county"}, ["AL-county-tirane"]),
        ({"name": "Tiranë", "extent": '{"type": "Polygon"}', "extent_type": "geojson"}, ["AL-tirane"]),
        ({"name": "Nowhere at all"}, []),
    ],
)
def test_an_area_of_a_feed_is_what_its_code_or_else_its_name_says(
    agency: Agency, directory: Directory, said: dict[str, str], codes: list[str]
) -> None:
    document = service(agency.organization(), service_areas=[area(**said)])
    (row,) = taken(agency, directory, document)
    assert (row["action"], told(row)) == ("created", [])
    assert agency.get(f"/listings/{document['id']}").json()["serves"] == codes


def test_a_row_names_municipalities_by_their_names(agency: Agency, directory: Directory) -> None:
    header = "name,description,kinds of help,languages,serves,place,municipality\n"
    row = "House,Helps.,hotline,sq,Tiranë; Durrës,physical,Tiranë\n"
    sent = agency.upload(header + row, organization_id=agency.organization(), dry_run=False)
    (report,) = work_off(agency, directory, sent.json()["id"])["rows"]
    assert (report["action"], told(report)) == ("created", [])
    listing = agency.get(f"/listings/{report['id']}").json()
    assert (listing["serves"], listing["location"]["municipality"]) == (["AL-tirane", "AL-durres"], "AL-tirane")


def test_two_municipalities_of_one_name_are_still_asked_about(agency: Agency, directory: Directory) -> None:
    owner = agency.organization(country="RO")
    header = "name,description,kinds of help,languages,serves,place\n"
    sent = agency.upload(header + "House,Helps.,hotline,ro,Valea Mare,virtual\n", organization_id=owner, dry_run=False)
    (report,) = work_off(agency, directory, sent.json()["id"])["rows"]
    assert told(report) == [("serves", "ambiguous_municipality")]
