"""A small package that says something very large is refused, record by record, in little memory."""

from __future__ import annotations

import io
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from services.directory.adapters import import_package, package_assembly
from services.directory.adapters.import_package import package_records
from services.directory.application.import_batches import HEAVIEST, next_batch
from services.directory.domain.imports import FileRefused, Record
from tests.support.imports import packed

ROOT = Path(__file__).parents[3]
MEMORY = 400 * 1024 * 1024
READ_IN_LITTLE_MEMORY = f"""
import resource, sys
from services.directory.adapters.import_package import package_records
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
for record in package_records(open(sys.argv[1], "rb")):
    print(record.kind, *(fault.code for fault in record.faults))
"""


def id_of(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def services(count: int) -> str:
    rows = (f"{id_of(f'service {n}')},{id_of('organization')},Service {n},active\n" for n in range(count))
    return "id,organization_id,name,status\n" + "".join(rows)


def attributes(count: int, service: int = 0) -> str:
    rows = (
        f"{id_of(f'attribute {service} {n}')},{id_of(f'service {service}')},service,{id_of('term')}\n"
        for n in range(count)
    )
    return "".join(rows)


def told(count: int, of: str) -> str:
    rows = (f"{id_of(f'metadata {n}')},{id_of(of)},taxonomy_term,2024-01-01,update,n,a,b,c\n" for n in range(count))
    return (
        "id,resource_id,resource_type,last_action_date,last_action_type,field_name,previous_value,replacement_value,"
        "updated_by\n" + "".join(rows)
    )


def bomb(services_count: int = 1, attributes_count: int = 500, metadata_count: int = 500) -> bytes:
    """Every attribute of a service names one term, and much is told of that term."""
    named = "".join(attributes(attributes_count, service) for service in range(services_count))
    return packed(
        {
            "services": services(services_count),
            "attributes": f"id,link_id,link_entity,taxonomy_term_id\n{named}",
            "taxonomy_terms": f"id,name,description\n{id_of('term')},Term,A term.\n",
            "metadata": told(metadata_count, "term"),
        }
    )


def codes(record: Record) -> list[str]:
    return [fault.code for fault in record.faults]


def test_one_term_told_in_a_thousand_places_is_refused_in_little_memory(tmp_path: Path) -> None:
    content = bomb()
    assert len(content) < 100_000
    (tmp_path / "bomb.zip").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", READ_IN_LITTLE_MEMORY, str(tmp_path / "bomb.zip")],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["service record_too_large", "taxonomy_term"]


def test_what_belongs_to_a_refused_record_is_not_kept_as_if_it_belonged_to_nothing() -> None:
    service, term = package_records(io.BytesIO(bomb()))
    assert (codes(service), service.document["name"]) == (["record_too_large"], "Service 0")
    assert "attributes" not in service.document
    assert (term.kind, codes(term)) == ("taxonomy_term", [])


def test_many_records_that_are_each_just_small_enough_are_too_much_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_assembly, "_LITTLE", 1_000_000)
    with pytest.raises(FileRefused) as refused:
        list(package_records(io.BytesIO(bomb(20, 30, 500))))
    assert refused.value.fault.code == "zip_too_dense"
    assert codes(next(package_records(io.BytesIO(bomb(20, 30, 500))))) == []


def test_a_batch_is_cut_where_its_records_grow_heavy() -> None:
    heavy = Record(kind="service", place="", document={}, weight=HEAVIEST // 2 + 1)
    light = Record(kind="service", place="", document={})
    records = iter([heavy, heavy, light, light, light])
    assert [len(batch) for batch in iter(lambda: next_batch(records, 2), [])] == [2, 2, 1]
    records = iter([light, heavy, heavy, light])
    assert [len(batch) for batch in iter(lambda: next_batch(records, 500), [])] == [3, 1]


def test_a_part_that_contains_itself_by_a_shared_id_comes_to_an_end() -> None:
    one = id_of("one")
    rows = "".join(f"{one},{one},{one}\n" for _ in range(300))
    content = packed(
        {
            "services": f"id,organization_id,name,status\n{one},{one},Service,active\n",
            "contacts": f"id,service_id,name\n{one},{one},A\n",
            "phones": f"id,contact_id,service_id\n{rows}",
            "languages": f"id,phone_id,service_id\n{rows}",
        }
    )
    assert codes(next(package_records(io.BytesIO(content)))) == ["record_too_large"]


def test_more_rows_than_are_taken_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_package, "MOST_TABLE_ROWS", 10)
    assert len(list(package_records(io.BytesIO(packed({"services": services(10)}))))) == 10
    with pytest.raises(FileRefused) as refused:
        list(package_records(io.BytesIO(packed({"services": services(11)}))))
    assert (refused.value.fault.code, refused.value.fault.params) == ("too_many_rows", {"limit": 10})


def test_a_package_that_nobody_wants_any_more_is_read_no_further() -> None:
    asked = []

    def is_stopped() -> bool:
        asked.append(True)
        return len(asked) == 2

    assert list(package_records(io.BytesIO(packed({"services": services(9000)})), is_stopped)) == []
    assert len(asked) == 2


def shares(content: bytes) -> list[float]:
    noted: list[float] = []
    assert len(list(package_records(io.BytesIO(content), note_share=noted.append))) == len(noted)
    return noted


def test_the_share_that_is_read_grows_to_the_whole_and_counts_no_row_twice() -> None:
    own_words = "".join(f"{n},{id_of(f'service {n}')},status,published\n" for n in range(4))
    content = packed(
        {
            "services": services(4),
            "phones": "id,service_id,number\n" + "".join(f"{n},{id_of('service 3')},{n}\n" for n in range(5)),
            "attributes": f"id,link_id,link_entity,taxonomy_term_id\n{attributes(1)}{attributes(1, 1)}",
            "taxonomy_terms": f"id,name,description\n{id_of('term')},Term,A term.\n{id_of('unused')},Other,A term.\n",
            "programs": f"id,organization_id,name\n{id_of('program')},{id_of('nobody')},Nobody's\n",
            "lidhja": f"id,record_id,path,value\n{own_words}",
        }
    )
    # Of 14 rows: a service with its attribute and term; with its attribute; alone; with five phones; what is left.
    assert [round(share * 14) for share in shares(content)] == [3, 5, 6, 12, 13, 13, 14]


def test_of_a_record_that_is_refused_everything_counts_as_read() -> None:
    assert shares(bomb()) == [1.0, 1.0]
