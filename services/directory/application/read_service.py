"""Reads what a record of an import says of a service, beside what is known here and what it said the last time."""

from __future__ import annotations

from typing import Protocol

from services.directory.application.record_batch import Batch, Refused
from services.directory.domain import hsds_mapping, row_mapping
from services.directory.domain.imports import Record
from services.directory.domain.last_words import SAID_IN_ROW, Said, settled, words_of_row
from services.directory.domain.listing import ListingContent


class Names(hsds_mapping.Gazetteer, row_mapping.Names, Protocol):
    """Knows the places and the kinds of help under all their names."""


def said_of_service(
    batch: Batch, record: Record, own_id: str, names: Names, country: str | None, before: ListingContent | None
) -> Said[ListingContent]:
    """Return the content with what stays of it; raises Refused, or ContentDoesNotFit where fields contradict."""
    last = batch.last_words_of(record.kind, own_id)
    if record.kind != "row":
        told = batch.told.get(own_id, ())
        return hsds_mapping.content_of(record.document, names, country=country, before=before, told=told, last=last)
    content, faults = row_mapping.content_of_row(record.document, names, country=country, before=before)
    if content is None:
        raise Refused(*faults)
    words = words_of_row(record.document)
    if before is None:
        return Said(content, words)
    return settled(content, before, words, last, said_by=SAID_IN_ROW)
