"""A word that only what was withdrawn or hidden had is no correction any more; all others stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from chassis.testing.fakes import FakeClock
from services.directory.adapters.unused_words import forget_unused_words, forget_words
from services.directory.bootstrap import Directory
from tests.support.directory import Agency, listing_body


def known(directory: Directory, *words: str) -> set[str]:
    with directory.engine.connect() as connection:
        found = connection.scalars(
            text("SELECT word FROM search_word WHERE word = ANY(:words)"), {"words": list(words)}
        )
        return set(found)


def test_words_of_a_withdrawn_or_hidden_listing_are_forgotten_and_no_others(
    agency: Agency, directory: Directory
) -> None:
    gone = agency.publish(name="Quibblewort shared Tirana", description="Zibbeldux's o'Xerxabar")
    hidden = agency.publish(name="Vexonimbus shared")
    kept = agency.publish(name="Shared Plumdrake")
    words = ("quibblewort", "zibbeldux", "xerxabar", "vexonimbus", "shared", "plumdrake", "tirana")
    before = known(directory, *words)
    assert {"quibblewort", "vexonimbus", "shared", "plumdrake", "tirana"} <= before
    agency.post(f"/listings/{gone['id']}/withdraw")
    body = listing_body(capacity=None, name="Vexonimbus shared", tier="network")
    assert agency.put(f"/listings/{hidden['id']}", body, If_Match=f'"{hidden["version"]}"').status_code == 200
    clock = FakeClock()
    for _ in range(120):
        forget_unused_words(directory.engine, clock)
        clock.advance(timedelta(seconds=30))
    assert known(directory, *words) == {"shared", "plumdrake", "tirana"}
    assert agency.get(f"/listings/{kept['id']}").status_code == 200


def test_a_word_that_is_being_relied_on_stays(agency: Agency, directory: Directory) -> None:
    gone = agency.publish(name="Snorkelfax")
    agency.post(f"/listings/{gone['id']}/withdraw")
    with directory.engine.begin() as writing:
        # As an index does that finds the word known and therefore does not write it.
        writing.execute(text("SELECT word FROM search_word WHERE word = 'snorkelfax'"))
        assert forget_words(directory.engine, ["snorkelfax"]) == 0
    assert known(directory, "snorkelfax") == {"snorkelfax"}
    assert forget_words(directory.engine, ["snorkelfax"]) == 1


def test_the_clock_sees_to_it(agency: Agency, directory: Directory) -> None:
    gone = agency.publish(name="Wobblethorn")
    agency.post(f"/listings/{gone['id']}/withdraw")
    clock = FakeClock(directory.clock.now())
    ticking: Any = replace(directory, clock=clock)
    for _ in range(120):
        ticking.tick()
        clock.advance(timedelta(seconds=30))
    assert known(directory, "wobblethorn") == set()
