"""Files that are made to harm are refused before they are in memory."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any

import pytest

from services.directory.adapters.import_files import LONGEST_ROW, records_of
from services.directory.adapters.import_package import package_records
from services.directory.domain.imports import FileRefused, Format, Record

HEADER = b"reference,name,description,kinds of help,languages\n"
READERS: dict[str, Callable[[IO[bytes]], Iterator[Record]]] = {
    "csv": lambda file: records_of(file, Format.CSV),
    "hsds-package": package_records,
}


def refused(read: Callable[[IO[bytes]], Iterator[Record]], content: bytes) -> tuple[str, int]:
    """Return the code and how many bytes reading the content took at the most."""
    tracemalloc.start()
    try:
        with pytest.raises(FileRefused) as refusal:
            list(read(io.BytesIO(content)))
        return refusal.value.fault.code, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("cell", [b'"a\n",', b'"\n\n\n\n",', b'"x' + b"y" * 80 + b'\n",'])
@pytest.mark.parametrize("format", ["csv", "hsds-package"])
def test_a_row_without_end_is_refused_before_it_is_in_memory(format: str, cell: bytes) -> None:
    rows = HEADER + cell * (8_000_000 // len(cell))
    # What is packed too densely is refused for that; noise keeps it apart.
    noise = b"".join(
        struct.pack(">I", number * 2_654_435_761 % 2**32).hex().encode() + b"\n" for number in range(50_000)
    )
    content = rows if format == "csv" else zipped("services.csv", rows + noise)
    code, most = refused(READERS[format], content)
    assert code == "record_too_long"
    assert most < 40_000_000


def test_a_row_up_to_the_limit_is_read() -> None:
    cells = b",".join(b'"' + b"z" * 90_000 + b'"' for _ in range(4))
    [record] = records_of(io.BytesIO(HEADER + b"a," + cells + b"\n" * (LONGEST_ROW - 400_000)), Format.CSV)
    assert record.faults == ()


def directory_of_nothing(entries: int, told: int) -> bytes:
    """Return a zip that has nothing but its directory."""
    name = b"services.csv"
    entry = b"PK\x01\x02" + struct.pack("<HHHHHHI", 20, 20, 0, 0, 0, 0, 0)
    entry += struct.pack("<IIHHHHHII", 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, told, told, len(entry) * entries, 0, 0)
    return entry * entries + end


@pytest.mark.parametrize("told", [1, 65_535])
def test_a_zip_of_half_a_million_names_is_refused_before_they_are_read(told: int) -> None:
    code, most = refused(package_records, directory_of_nothing(500_000, told))
    assert code == "zip_too_many"
    assert most < 5_000_000


def test_a_zip_of_somewhat_too_many_names_is_refused() -> None:
    assert refused(package_records, directory_of_nothing(201, 201))[0] == "zip_too_many"


def faults_in(row: bytes, header: bytes = HEADER) -> list[Any]:
    return [
        (fault.code, fault.params)
        for record in records_of(io.BytesIO(header + row), Format.CSV)
        for fault in record.faults
    ]


@pytest.mark.parametrize(("row", "found"), [(b"a,Agimi,Talks, and games,x,sq\n", 6), (b"a,Agimi,Talks,x\n", 4)])
def test_a_row_with_a_comma_too_many_or_too_few_is_at_fault(row: bytes, found: int) -> None:
    assert faults_in(row) == [("wrong_number_of_columns", {"found": found, "expected": 5})]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HEADER, b"a,Agimi,Talks,x,sq,,,\n"),
        (HEADER, b"a,Agimi,Talks,x,\n"),
        (HEADER.replace(b"\n", b",,\n"), b"a,Agimi,Talks,x,sq\n"),
        (HEADER.replace(b"\n", b",,\n"), b"a,Agimi,Talks,x,sq,a remark,\n"),
    ],
)
def test_empty_cells_at_the_end_are_no_fault(header: bytes, row: bytes) -> None:
    assert faults_in(row, header) == []


def test_a_table_of_a_package_is_held_to_its_header_too() -> None:
    [record] = package_records(io.BytesIO(zipped("services.csv", b"id,name,status\n1,Agimi, centre,active\n")))
    assert ("", "wrong_number_of_columns") in [(fault.column, fault.code) for fault in record.faults]
