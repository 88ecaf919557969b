"""The envelope reads what it writes, in both modes, and refuses what is no event."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from chassis.events.envelope import STRUCTURED_CONTENT_TYPE, EnvelopeError, Event
from chassis.testing.fakes import FakeClock

# Control characters and lone surrogates are no CloudEvents strings.
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
events = st.builds(
    Event,
    id=st.uuids().map(str),
    source=st.just("/services/things"),
    type=st.just("thing.happened.v1"),
    subject=words.filter(str.strip),
    time=st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - zone given beside
    data=st.dictionaries(words, values, max_size=4),
    aggregate_version=st.integers(0, 2**31 - 1),
    correlation_id=st.none() | st.uuids().map(str),
    causation_id=st.none() | st.uuids().map(str),
)


def an_event() -> Event:
    return Event.new(
        type="thing.happened.v1",
        source="/services/things",
        subject="key",
        data={"number": 1},
        aggregate_version=3,
        clock=FakeClock(),
    )


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "subject", "time", "aggregateversion"])
def test_an_event_without_a_required_attribute_is_refused(name: str) -> None:
    body = an_event().to_structured()
    del body[name]
    with pytest.raises(EnvelopeError, match=name):
        Event.from_structured(body)


@pytest.mark.parametrize(
    "change",
    [
        {"specversion": "0.3"},
        {"time": "yesterday"},
        {"time": "2026-01-01T00:00:00"},
        {"aggregateversion": "x"},
        {"data": []},
    ],
)
def test_an_attribute_that_cannot_be_read_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError):
        Event.from_structured({**an_event().to_structured(), **change})


@pytest.mark.parametrize("value", [b"", b"\xff", b"[]", b"{", b"null"])
def test_bytes_that_are_no_event_are_refused(value: bytes) -> None:
    headers, _ = an_event().to_binary()
    with pytest.raises(EnvelopeError):
        Event.from_message(headers, value)
    with pytest.raises(EnvelopeError):
        Event.from_message({"content-type": STRUCTURED_CONTENT_TYPE}, value)


def test_attributes_unknown_here_are_passed_over() -> None:
    event = an_event()
    assert Event.from_structured({**event.to_structured(), "newer": "attribute"}) == event


@given(events)
def test_an_event_survives_both_modes(event: Event) -> None:
    assert Event.from_message(*event.to_binary()) == event
    structured = json.dumps(event.to_structured()).encode()
    assert Event.from_message({"content-type": STRUCTURED_CONTENT_TYPE}, structured) == event


@given(events)
def test_the_official_sdk_reads_the_same_event(event: Event) -> None:
    headers, value = event.to_binary()
    message = KafkaMessage({k: v.encode() for k, v in headers.items()}, event.subject.encode(), value)
    read = from_kafka(message, JSONFormat())
    assert (read.get_id(), read.get_subject(), read.get_time()) == (event.id, event.subject, event.time)
    assert read.get_data() == event.data
