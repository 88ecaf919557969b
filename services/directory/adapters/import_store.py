"""Imports in PostgreSQL: the jobs, the files in pieces, and the report on the rows."""

from __future__ import annotations

import builtins
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.directory.adapters.bulk_rows import insert_rows
from services.directory.adapters.duplicates import closest_of_each
from services.directory.adapters.import_tables import import_job, import_piece, import_row, kept_object
from services.directory.adapters.kept_taxonomies import kept_spellings
from services.directory.adapters.last_words import keep_last_words, last_words
from services.directory.adapters.parent_chains import parents_above
from services.directory.adapters.place_claims import places_of_others
from services.directory.adapters.tables import listing, organization
from services.directory.adapters.told_services import told_services, told_terms
from services.directory.domain.imports import Decision, Fault, Format, Import, Outcome, State
from services.directory.domain.likeness import Traits
from services.directory.domain.listing import ListingStatus, Tier

_PIECE_BYTES = 1024 * 1024
_MOST_ALIKE = 5
_SAME = (
    "id", "agency_id", "subject", "client_id", "is_trial", "publish", "skip_duplicates", "organization_id", "country",
    "size", "file_name", "position", "created_at", "expires_at", "started_at", "finished_at",
    "attempts", "bytes_read", "read_since",
)  # fmt: skip


class SqlImportStore:
    """Imports by id; every read by an agency names that agency."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Import, content: IO[bytes]) -> None:
        """Keep a new one with its file, piece by piece."""
        self._connection.execute(insert(import_job).values(**_row(new)))
        for number, piece in enumerate(iter(lambda: content.read(_PIECE_BYTES), b"")):
            self._connection.execute(insert(import_piece).values(import_id=new.id, number=number, content=piece))

    def get(self, import_id: str, agency_id: str) -> Import | None:
        """Return the agency's import, held against its worker until the transaction ends, or None."""
        wanted = select(import_job).where(import_job.c.id == import_id, import_job.c.agency_id == agency_id)
        row = self._connection.execute(wanted.with_for_update(key_share=True)).mappings().first()
        return _import(row) if row else None

    def save(self, changed: Import) -> None:
        """Keep a changed one."""
        row = _row(changed)
        self._connection.execute(update(import_job).where(import_job.c.id == row.pop("id")).values(**row))

    def at_work(self, agency_id: str) -> tuple[int, int]:
        """Return how many files of the agency wait or are worked on, and their bytes."""
        wanted = select(func.count(), func.coalesce(func.sum(import_job.c.size), 0)).where(
            import_job.c.agency_id == agency_id, import_job.c.state.in_((State.WAITING, State.RUNNING))
        )
        count, size = self._connection.execute(wanted).one()
        return int(count), int(size)

    def load(self, import_id: str) -> Import:
        """Return an import for the process that works on it."""
        row = self._connection.execute(select(import_job).where(import_job.c.id == import_id)).mappings().one()
        return _import(row)

    def advance(self, job: Import, expected: int) -> bool:
        """Move on in the transaction that wrote the batch; False where somebody stopped it or was faster."""
        still = (import_job.c.id == job.id, import_job.c.position == expected, import_job.c.state == State.RUNNING)
        moved = (
            update(import_job)
            .where(*still)
            .values(
                position=job.position,
                counts=job.counts,
                attempts=0,
                bytes_read=job.bytes_read,
                read_since=job.read_since,
                headers=dict(job.headers),
            )
        )
        return self._connection.execute(moved).rowcount == 1

    def begin(self, job: Import) -> bool:
        """Note the start; False where it was stopped in the meantime."""
        open_states = (State.WAITING, State.RUNNING)
        still = (import_job.c.id == job.id, import_job.c.state.in_(open_states))
        values = {"state": job.state, "started_at": job.started_at, "attempts": job.attempts}
        return self._connection.execute(update(import_job).where(*still).values(**values)).rowcount == 1

    def finish(self, job: Import) -> bool:
        """Note the end; False where it was stopped in the meantime."""
        still = (import_job.c.id == job.id, import_job.c.state == State.RUNNING)
        row = _row(job)
        ended = {name: row[name] for name in ("state", "fault", "finished_at", "expires_at")}
        return self._connection.execute(update(import_job).where(*still).values(**ended)).rowcount == 1

    def spool(self, import_id: str) -> IO[bytes]:
        """Return the file, on disk and gone once it is closed."""
        spooled = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        wanted = select(import_piece.c.content).where(import_piece.c.import_id == import_id)
        numbers = select(func.count()).where(import_piece.c.import_id == import_id)
        for number in range(self._connection.scalar(numbers) or 0):
            spooled.write(self._connection.execute(wanted.where(import_piece.c.number == number)).scalar_one())
        spooled.seek(0)
        return spooled

    def forget_file(self, import_id: str) -> None:
        """Delete the file."""
        self._connection.execute(delete(import_piece).where(import_piece.c.import_id == import_id))

    def forget_rows(self, import_id: str) -> None:
        """Delete the report on the rows."""
        self._connection.execute(delete(import_row).where(import_row.c.import_id == import_id))

    def forget_expired(self, now: datetime) -> int:
        """Delete files and reports whose term is over; the imports themselves stay known. Return how many."""
        over = select(import_job.c.id).where(import_job.c.expires_at <= now)
        gone = self._connection.execute(delete(import_piece).where(import_piece.c.import_id.in_(over))).rowcount
        self._connection.execute(delete(import_row).where(import_row.c.import_id.in_(over)))
        named = update(import_job).where(import_job.c.expires_at <= now, import_job.c.file_name.is_not(None))
        self._connection.execute(named.values(file_name=None))
        never = (import_job.c.expires_at <= now, import_job.c.state.in_((State.WAITING, State.RUNNING)))
        stopped = update(import_job).where(*never)
        self._connection.execute(stopped.values(state=State.CANCELLED, finished_at=now))
        return gone

    def like(self, new: Mapping[str, Traits], agency_id: str) -> dict[str, builtins.list[dict[str, Any]]]:
        """Return the listings that each new one may be: public ones, and those that the agency keeps."""
        found = closest_of_each(self._connection, "listing", new, most=_MOST_ALIKE)
        names = self._names({key for alike in found.values() for key, _ in alike}, agency_id)
        return {
            listing_id: [
                {
                    "id": key,
                    "name": names[key],
                    "score": round(score.score, 2),
                    "findings": [f.code for f in score.findings],
                }
                for key, score in alike
                if key in names
            ]
            for listing_id, alike in found.items()
        }

    def _names(self, listing_ids: set[str], agency_id: str) -> dict[str, str]:
        """Return the names of those listings that the agency may know of."""
        wanted = (
            select(listing.c.id, listing.c.name)
            .join(organization)
            .where(listing.c.id.in_(listing_ids))
            .where(
                or_(
                    and_(listing.c.status == ListingStatus.PUBLISHED.value, listing.c.tier == Tier.PUBLIC.value),
                    organization.c.agency_id == agency_id,
                    organization.c.maintaining_agency_id == agency_id,
                )
            )
        )
        return {row.id: row.name for row in self._connection.execute(wanted)} if listing_ids else {}

    def add_rows(self, import_id: str, decisions: Iterable[Decision]) -> None:
        """Add to the report on the rows."""
        rows = [
            {
                "import_id": import_id,
                "number": told.number,
                "kind": told.kind,
                "place": told.place,
                "record_id": told.record_id,
                "name": told.name.replace("\0", "") if told.name else None,
                "outcome": told.outcome.value,
                "faults": [[fault.column, fault.code, dict(fault.params)] for fault in told.faults],
                "terms": {"known": list(told.terms), "unknown": list(told.unknown_terms)},
                "duplicates": [dict(found) for found in told.duplicates],
            }
            for told in decisions
        ]
        insert_rows(self._connection, import_row, rows)

    def refused_organizations(self, import_id: str) -> dict[str, str]:
        """Return the organizations that were refused so far, and where in the file they stand."""
        refused = (import_row.c.kind == "organization", import_row.c.outcome == Outcome.REFUSED)
        wanted = select(import_row.c.record_id, import_row.c.place).where(import_row.c.import_id == import_id, *refused)
        return {found: place for found, place in self._connection.execute(wanted) if found}

    def keep_objects(self, agency_id: str, objects: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Keep what belongs to nothing here, as it came."""
        rows = {
            (kind, document["id"]): {
                "agency_id": agency_id,
                "kind": kind,
                "id": document["id"],
                "document": document,
                "spellings": kept_spellings(document),
            }
            for kind, document in objects
        }
        if rows:
            statement = upsert(kept_object)
            same = {name: statement.excluded[name] for name in ("document", "spellings")}
            keys = ["agency_id", "kind", "id"]
            self._connection.execute(
                statement.on_conflict_do_update(index_elements=keys, set_=same), list(rows.values())
            )

    def kept_objects(self, agency_id: str, ids: Collection[str]) -> dict[tuple[str, str], Mapping[str, Any]]:
        """Return what the agency's feeds told of these ids that belongs to nothing here, by kind and id."""
        wanted = select(kept_object).where(kept_object.c.agency_id == agency_id, kept_object.c.id.in_(ids))
        return {(row.kind, row.id): row.document for row in self._connection.execute(wanted)} if ids else {}

    def last_words(self, agency_id: str, ids: Collection[str]) -> dict[tuple[str, str], Mapping[str, str]]:
        """Return what the agency's files said of these records the last time, by kind and id."""
        return last_words(self._connection, agency_id, ids)

    def keep_last_words(
        self, agency_id: str, words: Mapping[tuple[str, str], Mapping[str, str]], known: Collection[tuple[str, str]]
    ) -> None:
        """Keep what a file said, in place of the words that are known."""
        keep_last_words(self._connection, agency_id, words, known=known)

    def told_services(self, ids: Collection[str]) -> dict[str, Sequence[Mapping[str, Any]]]:
        """Return of each service, by its id, what its keepers export of it, in each version of HSDS."""
        return told_services(self._connection, ids)

    def told_terms(self, ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Return what is told of those of the ids that are our own taxonomies and terms, by their ids."""
        return told_terms(self._connection, ids) if ids else {}

    def places_of_others(self, ids: Collection[str], agency_id: str) -> set[str]:
        """Return those of the ids that belong to a service at a place which this agency does not keep."""
        return places_of_others(self._connection, ids, agency_id)

    def parents_above(self, kind: str, ids: Collection[str], agency_id: str, *, most: int) -> dict[str, str]:
        """Return what stands above organizations or terms that were taken in, and above that, ``most`` levels up."""
        return parents_above(self._connection, kind, ids, agency_id, most=most)

    def rows(
        self, import_id: str, *, after: int, limit: int, outcomes: Iterable[str] = (), with_duplicates: bool = False
    ) -> Sequence[RowMapping]:
        """Return the report in the order of the file."""
        wanted = select(import_row).where(import_row.c.import_id == import_id, import_row.c.number > after)
        if outcomes:
            wanted = wanted.where(import_row.c.outcome.in_(outcomes))
        if with_duplicates:
            wanted = wanted.where(import_row.c.duplicates != text("'[]'::jsonb"))
        return self._connection.execute(wanted.order_by(import_row.c.number).limit(limit)).mappings().all()

    def list(self, agency_id: str, *, before: str | None, limit: int) -> Sequence[Import]:
        """Return the agency's imports, the latest first."""
        wanted = select(import_job).where(import_job.c.agency_id == agency_id)
        if before is not None:
            wanted = wanted.where(import_job.c.id < before)
        rows = self._connection.execute(wanted.order_by(import_job.c.id.desc()).limit(limit)).mappings()
        return [_import(row) for row in rows]


def _row(job: Import) -> dict[str, Any]:
    fault = {"code": job.fault.code, "params": dict(job.fault.params)} if job.fault else None
    same = {name: getattr(job, name) for name in _SAME}
    return {
        **same, "format": job.format.value, "state": job.state.value, "counts": dict(job.counts),
        "headers": dict(job.headers), "fault": fault,
    }  # fmt: skip


def _import(row: RowMapping) -> Import:
    fault = Fault("", row["fault"]["code"], row["fault"]["params"]) if row["fault"] else None
    same = {name: row[name] for name in _SAME}
    return Import(
        **same,
        format=Format(row["format"]),
        state=State(row["state"]),
        counts=dict(row["counts"]),
        fault=fault,
        headers=row["headers"],
    )
