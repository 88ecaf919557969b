"""Log lines hold allow-listed fields and nothing a person could have typed."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

from chassis.correlation import correlation
from chassis.logs import JsonFormatter


def lines(write: Any) -> list[dict[str, Any]]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter("sample"))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    write(logger)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_field_outside_the_list_is_dropped_and_counted() -> None:
    line = lines(lambda log: log.info("sent", extra={"fields": {"status": "sent", "name": "Agron"}}))[0]
    assert line["status"] == "sent"
    assert line["dropped_fields"] == 1
    assert "Agron" not in json.dumps(line)


def test_arguments_of_a_message_are_left_out() -> None:
    line = lines(lambda log: log.warning("bad value %s", "Agron"))[0]
    assert line["message"] == "bad value %s"


def test_an_exception_is_named_without_its_text() -> None:
    def write(log: logging.Logger) -> None:
        try:
            raise ValueError("Agron")
        except ValueError:
            log.exception("failed")

    line = lines(write)[0]
    assert line["exception"] == "ValueError"
    assert "test_logs.py" in line["places"][0]
    assert "Agron" not in json.dumps(line)


def test_the_correlation_id_is_in_every_line_and_a_bad_one_is_replaced() -> None:
    with correlation("abcdefgh-1") as kept:
        assert lines(lambda log: log.info("x"))[0]["correlation_id"] == kept == "abcdefgh-1"
    with correlation('bad"\n') as fresh:
        assert fresh != 'bad"\n'
