"""JSON that is made to harm, or simply broken, is refused early and with the place where it is."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from typing import Any

import pytest

from services.directory.adapters import json_records
from services.directory.adapters.import_files import records_of
from services.directory.adapters.own_shapes import words_from
from services.directory.domain.imports import Fault, FileRefused, Format

DEPTH = 10_000
MEMORY = 1024**3
# Reads what is on standard input, and says what became of it and how many bytes that took at the most.
READER = """
import io, sys, tracemalloc
from services.directory.adapters.import_files import records_of
from services.directory.domain.imports import FileRefused, Format
content = io.BytesIO(sys.stdin.buffer.read())
tracemalloc.start()
try:
    print(len(list(records_of(content, Format(sys.argv[1])))))
except FileRefused as refused:
    print(refused.fault.code, tracemalloc.get_traced_memory()[1])
"""


def service(number: int, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "name": f'Shërbimi "{number}" [a]', "status": "active", **more}


def read(content: bytes | str, format: Format = Format.JSON) -> list[tuple[str, str]]:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return [(record.place, str(record.document["id"])) for record in records_of(file, format)]


def fault_of(content: bytes | str, format: Format = Format.JSON) -> Fault:
    with pytest.raises(FileRefused) as refusal:
        read(content, format)
    return refusal.value.fault


def bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.parametrize("format", ["hsds-json", "ndjson"])
@pytest.mark.parametrize("begin", [b"", b'{"contents": ', b'{"id": "1", "name": "x", "hsds": ', b'[{"id": "1", "a": '])
def test_what_is_nested_very_deep_is_refused_before_it_takes_memory(format: str, begin: bytes) -> None:
    content = begin + b"[" * DEPTH + b"]" * DEPTH
    done = subprocess.run(
        [sys.executable, "-c", READER, format], input=content, capture_output=True, preexec_fn=bounded, timeout=60
    )
    code, most = done.stdout.decode().split()
    assert code == "nested_too_deep"
    assert int(most) < 5_000_000


def test_brackets_within_strings_are_not_counted() -> None:
    text = json.dumps([service(1, description="[" * 100 + '\\"' + "{" * 100)])
    assert read(text) == [("contents 1", "1")]


def test_own_words_in_a_table_are_not_nested() -> None:
    deep = '{"a":' * 1_000 + "1" + "}" * 1_000
    assert words_from(iter([("status", deep)])) is None


LISTS = [
    json.dumps([service(number) for number in range(5)]),
    json.dumps([service(number) for number in range(5)], indent=4, ensure_ascii=False),
    " \n" + json.dumps([service(number) for number in range(5)]) + "\n\n",
]


@pytest.mark.parametrize("text", LISTS)
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_list_is_read_however_it_is_written_and_wherever_a_piece_ends(
    monkeypatch: pytest.MonkeyPatch, text: str, size: int
) -> None:
    monkeypatch.setattr(json_records, "_READ_BYTES", size)
    assert read(text) == [(f"contents {number + 1}", str(number)) for number in range(5)]


@pytest.mark.parametrize("size", [1, 100_000])
def test_a_page_too_long_to_be_held_is_read_entry_by_entry(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(json_records, "_READ_BYTES", size)
    monkeypatch.setattr("services.directory.adapters.import_files.LONGEST_RECORD", 100)
    entries = [service(number) for number in range(5)]
    page = {"facets": [{"contents": [1]}], "total_items": 5, "contents": entries, "empty": False, "more": [[1], {}]}
    assert read(json.dumps(page)) == [(f"contents {number + 1}", str(number)) for number in range(5)]
    assert fault_of(json.dumps(page)[:-1]).code == "bad_json"
    assert fault_of(json.dumps(page).replace('"empty"', "empty")).code == "bad_json"
    assert fault_of(json.dumps({"facets": entries})).code == "not_hsds"


GOOD = json.dumps(service(1))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"[{GOOD}, {GOOD[:-1]}, {GOOD}]", "contents 2"),
        (f"[{GOOD}, {GOOD} {GOOD}]", "contents 3"),
        (f"[{GOOD}, {GOOD},]", "contents 2"),
        (f"[,{GOOD}]", "contents 1"),
        (f"[{GOOD}", "contents 1"),
        (f"[{GOOD}}}", "contents 1"),
        (f"[{GOOD}] []", "contents 1"),
        (f"[{GOOD}] x", "contents 1"),
        (f'[{GOOD}, {{"name": "half \\ud83d of a sign"}}]', "contents 2"),
        (f'{{"contents": [\n{GOOD},\n{GOOD[:-1]}\n]}}', "line 4, column 1"),
    ],
)
def test_of_broken_json_it_is_said_where_it_is(text: str, place: str) -> None:
    fault = fault_of(text)
    assert (fault.code, fault.params) == ("bad_json", {"place": place})


def test_of_a_broken_line_it_is_said_which_one_it_is() -> None:
    lines = f"{GOOD}\n\n{GOOD[:-1]}\n{GOOD}\n"
    assert fault_of(lines, Format.LINES) == Fault("", "bad_json", {"place": "line 3"})
    half = '{"id": "1", "name": "\\udc00"}\n'
    assert fault_of(half, Format.LINES) == Fault("", "bad_json", {"place": "line 1"})


@pytest.mark.parametrize("text", ["[1]", f"[{GOOD}, 5]", f"[{GOOD}, 5, {GOOD}]", "[[]]", "[]", "5"])
def test_what_lists_no_objects_is_no_list_of_services(text: str) -> None:
    assert fault_of(text).code == "not_hsds"


def test_an_entry_that_is_too_long_is_refused_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "LONGEST_RECORD", 1_000)
    monkeypatch.setattr(json_records, "_READ_BYTES", 100)
    text = json.dumps([service(1), service(2, description="x" * 2_000)])
    assert fault_of(text) == Fault("", "entry_too_long", {"place": "contents 2", "limit": 1_000})
