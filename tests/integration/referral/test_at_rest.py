"""What lies on disk: nothing readable without the keys, nothing that can be moved, nothing left after erasure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from chassis.audit import verify
from chassis.encryption import DecryptionRefused, KeyRing
from chassis.migrations import migrate
from services.referral.adapters.tables import metadata
from services.referral.adapters.unit_of_work import ReferralUnitOfWork
from services.referral.application.erase_referral import erase_referral
from tests.support.postgres import temporary_database
from tests.support.referrals import FOLDER, GROUPS, NEW_KEY, OLD_KEY, World, new_uuid


@pytest.fixture
def world() -> Iterator[World]:
    """A world of one's own, for these tests spoil it."""
    with temporary_database() as url:
        world = World.create(url)
        yield world
        world.container.engine.dispose()


@pytest.fixture
def connection(world: World) -> Iterator[Connection]:
    with world.container.engine.begin() as opened:
        yield opened


def dump(connection: Connection) -> str:
    """Return every column of every table as text, bytes as hex and as characters."""
    found = []
    for table in metadata.sorted_tables:
        for row in connection.execute(table.select()):
            for value in row:
                found.append(bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value))
    return "\n".join(found)


def test_a_dump_of_the_database_holds_nothing_that_was_written_about_the_child(
    world: World, connection: Connection
) -> None:
    referral_id = world.accepted()
    world.receiver.packet(referral_id)
    world.receiver.act(referral_id, "complete", {"outcome_code": "needs_met"})
    world.receiver.act(
        referral_id, "give-feedback", {"summary": "MARKERfeedback"}, headers={"Idempotency-Key": new_uuid()}
    )
    text_of_all = dump(connection)
    assert referral_id in text_of_all
    assert "MARKER" not in text_of_all


@pytest.mark.parametrize("column", ["part", "referral_id"])
def test_a_ciphertext_moved_to_another_place_is_refused(world: World, column: str) -> None:
    first, second = world.accepted(), world.accepted()
    source = "identity" if column == "referral_id" else "contact"
    with world.container.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE sealed_part SET ciphertext = other.ciphertext FROM sealed_part other WHERE"
                " sealed_part.referral_id = :here AND sealed_part.part = 'identity'"
                " AND other.referral_id = :there AND other.part = :source"
            ),
            {"here": first, "there": second if column == "referral_id" else first, "source": source},
        )
    with world.container.unit_of_work() as uow, pytest.raises(DecryptionRefused):
        uow.parts.read(first, ["identity"])
    answer = world.receiver.call("GET", f"/referrals/{first}/packet")
    assert answer.status_code == 500
    assert "MARKER" not in answer.text


def test_a_key_moved_to_another_referral_is_refused(world: World) -> None:
    first, second = world.accepted(), world.accepted()
    with world.container.engine.begin() as connection:
        moved = (
            "UPDATE data_key SET wrapped_key = other.wrapped_key FROM data_key other"
            " WHERE data_key.referral_id = :here AND other.referral_id = :there"
        )
        connection.execute(text(moved), {"here": first, "there": second})
    with world.container.unit_of_work() as uow, pytest.raises(DecryptionRefused):
        uow.parts.read(first, ["identity"])


def test_rotation_wraps_every_key_anew_and_the_old_key_is_needed_no_more(world: World) -> None:
    referral_id = world.accepted()
    both = KeyRing.from_setting(f"{NEW_KEY},{OLD_KEY}")
    engine, clock = world.container.engine, world.clock
    with ReferralUnitOfWork(engine, clock=clock, key_ring=both) as uow:
        assert uow.parts.rewrap(batch_size=10_000) > 0
        assert uow.parts.rewrap() == 0
        uow.commit()
    with ReferralUnitOfWork(engine, clock=clock, key_ring=KeyRing.from_setting(NEW_KEY)) as uow:
        assert uow.parts.read(referral_id, ["identity"])["identity"]["given_name"] == "MARKERgiven"
    with world.container.unit_of_work() as uow, pytest.raises(DecryptionRefused):
        uow.parts.read(referral_id, ["identity"])


def test_erasure_leaves_states_and_takes_the_child_for_both_sides(world: World) -> None:
    referral_id = world.accepted()
    with world.container.engine.connect() as connection:
        kept = connection.execute(
            text("SELECT part, key_version, ciphertext FROM sealed_part WHERE referral_id = :id"), {"id": referral_id}
        ).all()
    erase_referral(referral_id, uow=world.container.unit_of_work(), clock=world.clock)
    for agency in (world.sender, world.receiver):
        packet = agency.packet(referral_id)
        assert packet["groups"] == {}
        assert {entry["group"] for entry in packet["withheld"]} == set(GROUPS)
        view = agency.read(referral_id).json()
        assert (view["triage"], view["allowed_actions"]) == (None, [])
    with world.container.engine.begin() as connection:
        # As if the parts came back from a backup: without the key they stay closed.
        for row in kept:
            connection.execute(
                text("INSERT INTO sealed_part VALUES (:id, :part, :version, :ciphertext)"),
                {"id": referral_id, "part": row.part, "version": row.key_version, "ciphertext": row.ciphertext},
            )
    with world.container.unit_of_work() as uow:
        assert uow.parts.read(referral_id, [*GROUPS, "triage", "case"]) == {}


def test_the_audit_chain_holds_and_cannot_be_rewritten(world: World, connection: Connection) -> None:
    world.accepted()
    assert verify(connection) > 0
    with pytest.raises(Exception, match="append-only"), world.container.engine.begin() as other:
        other.execute(text("UPDATE audit_record SET purpose = 'x'"))


def test_the_migrations_lead_up_down_and_up_again_to_what_the_code_declares() -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    with temporary_database() as url:
        migrate(FOLDER, url)
        migrate(FOLDER, url, target="base")
        migrate(FOLDER, url)
        engine = create_engine(url)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": _is_declared})
            assert compare_metadata(context, metadata) == []
        engine.dispose()


def _is_declared(_thing: Any, name: str | None, kind: str, *_: Any) -> bool:
    return not (kind == "table" and name == "alembic_version")
