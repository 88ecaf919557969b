"""The columns of a simple file: what is not known, or said twice, is told and not passed over."""

from __future__ import annotations

import io
from typing import Any

import pytest

from services.directory.adapters.import_files import records_of
from services.directory.domain.hsds_model import OBJECTS
from services.directory.domain.imports import FileRefused, Format
from services.directory.domain.service_columns import (
    COLUMNS,
    LANGUAGES,
    STATUS,
    column_name,
    nearest_to,
    repeated_in,
    template,
    unknown_in,
)

HEADER = "reference,name,description,kinds of help,languages"


def refusal(header: str) -> tuple[str, Any]:
    with pytest.raises(FileRefused) as refused:
        list(records_of(io.BytesIO(header.encode() + b"\na,b,c,d,e\n"), Format.CSV))
    return refused.value.fault.code, refused.value.fault.params


def test_a_column_that_means_nothing_here_is_told_with_the_known_one_that_is_nearest() -> None:
    code, params = refusal(f"{HEADER},minimum agee,telephone number,Kommentar zur Zeile")
    assert code == "unknown_columns"
    assert params["headers"] == ["minimum agee (minimum age?)", "telephone number", "Kommentar zur Zeile"]
    assert nearest_to("phone number") == "phone"
    assert nearest_to("Најмањи узрасст") == "najmanji uzrast"


@pytest.mark.parametrize("other", ["name", "Emri", "име"])
def test_a_column_told_twice_is_refused_in_whatever_language(other: str) -> None:
    assert refusal(f"{HEADER},{other}") == ("repeated_columns", {"headers": ["name", other]})


def test_what_has_no_name_says_nothing() -> None:
    assert len(list(records_of(io.BytesIO(f"{HEADER},,\na,b,c,d,e,,\n".encode()), Format.CSV))) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_template_is_understood_as_its_readers_spreadsheet_parts_it(language: str) -> None:
    """Where numbers have a comma, a spreadsheet would put a line parted by commas into one cell."""
    header = template(language)
    sign = "," if language == "en" else ";"
    assert header.count(sign) == len(COLUMNS) - 1
    filled = header + sign.join("x" for _ in COLUMNS) + "\r\n"
    (record,) = records_of(io.BytesIO(filled.encode()), Format.CSV)
    assert set(record.document) == {column.key for column in COLUMNS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_and_our_own_export_have_known_columns_alone(language: str) -> None:
    header = [column.name_in(language) for column in (*COLUMNS, STATUS)]
    assert (unknown_in(header), repeated_in(header)) == ([], [])


def test_what_hsds_alone_says_of_a_service_is_left_out_on_purpose() -> None:
    assert unknown_in(OBJECTS["service"].columns) == []


@pytest.mark.parametrize(
    ("key", "bosnian", "montenegrin"),
    [
        ("municipality", "općina", "opština"),
        ("minimum_age", "najmanja dob", "najmanji uzrast"),
        ("maximum_age", "najveća dob", "najveći uzrast"),
        ("sex", "spol", "pol"),
        ("eligibility", "ko može doći", "ko može da dođe"),
        ("url", "web stranica", "internet stranica"),
        ("named_agencies", "odabrane agencije", "izabrane agencije"),
        ("place", "mjesto", "mjesto"),
    ],
)
def test_the_template_speaks_montenegrin_where_that_is_not_bosnian(key: str, bosnian: str, montenegrin: str) -> None:
    assert (column_name(key, "bs"), column_name(key, "cnr")) == (bosnian, montenegrin)
    assert unknown_in([bosnian, montenegrin]) == []
