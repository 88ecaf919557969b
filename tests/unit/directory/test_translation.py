"""Which text a reader is shown, what an Accept-Language header asks for, and what makes a translation outdated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.directory.domain.translation import (
    Origin,
    Shown,
    Translation,
    best,
    by_language,
    carried_on,
    chain,
    language_of,
    languages_asked,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def entry(language: str = "sq", text: str = "Këshillim", **changes: Any) -> Translation:
    return Translation(language=language, field="name", text=text, **changes)


def shown(asked: str, **texts: str) -> Shown | None:
    """Return what a reader is shown of texts by language; an underscore stands for a hyphen."""
    by_name = {name.replace("_", "-"): text for name, text in texts.items()}
    return best(
        {name: Shown(text, name, Origin.HUMAN) for name, text in by_name.items()}, chain(languages_asked(asked))
    )


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        (None, []),
        ("", []),
        ("*", []),
        ("sq", ["sq"]),
        ("en-US,en;q=0.5", ["en"]),
        ("en;q=0.3, sq-XK, sr;q=0.9", ["sq", "sr-Cyrl", "en"]),
        ("sr-Latn-RS", ["sr-Latn"]),
        ("sr-RS", ["sr-Cyrl"]),
        ("sr-ME, hr", ["cnr", "bs"]),
        ("sq;q=0", []),
        ("sq;q=many", []),
        ("sq;q=nan", []),
        (",,;;=,", []),
        ("x" * 100_000, ["x" * 500]),
    ],
)
def test_a_header_asks_for_languages_in_order(header: str | None, languages: list[str]) -> None:
    assert languages_asked(header) == languages


@pytest.mark.parametrize(("tag", "language"), [("SR_latn", "sr-Latn"), ("ro-MD", "ro"), ("rom", "rom"), ("me", "cnr")])
def test_a_tag_is_written_as_the_directory_writes_it(tag: str, language: str) -> None:
    assert language_of(tag) == language


def test_nothing_that_the_reader_reads_leaves_the_original() -> None:
    assert shown("rom", sq="Këshillim", bg="Консултиране") is None
    assert shown("bg", sr_Cyrl="Саветовање") is None


def test_the_language_asked_for_comes_before_its_siblings() -> None:
    found = shown("cnr", bs="Savjetovanje (bs)", sr_Latn="Savetovanje", cnr="Savjetovanje")
    assert found == Shown("Savjetovanje", "cnr", Origin.HUMAN)


@pytest.mark.parametrize(
    ("asked", "texts", "language"),
    [
        ("cnr", {"bs": "b", "sr_Latn": "l"}, "sr-Latn"),
        ("cnr", {"bs": "b"}, "bs"),
        ("bs", {"sr_Latn": "l", "cnr": "c"}, "cnr"),
        ("mk", {"sr_Cyrl": "ц"}, "sr-Cyrl"),
        ("sq, en;q=0.1", {"en": "e", "bg": "b"}, "en"),
    ],
)
def test_where_a_language_is_missing_its_sibling_stands_in(asked: str, texts: dict[str, str], language: str) -> None:
    found = shown(asked, **texts)
    assert found is not None
    assert (found.language, found.origin) == (language, Origin.HUMAN)


def test_a_script_is_turned_and_called_the_work_of_a_machine() -> None:
    assert shown("sr-Latn", sr_Cyrl="Саветовање Његош") == Shown("Savetovanje Njegoš", "sr-Latn", Origin.MACHINE)
    assert shown("sr-Cyrl", sr_Latn="Džep ljubavi") == Shown("Џеп љубави", "sr-Cyrl", Origin.MACHINE)


@pytest.mark.parametrize(
    ("asked", "told", "language"),
    [
        ("sr", "sr", "sr"),
        ("sr-Latn", "sr", "sr-Latn"),
        ("cnr", "sr", "sr-Latn"),
        ("hr", "hr", "hr"),
        ("bs", "hr", "hr"),
    ],
)
def test_a_language_is_found_however_it_was_told(asked: str, told: str, language: str) -> None:
    found = shown(f"{asked}, en;q=0.8", **{told: "Разговор", "en": "Talks"})
    assert found is not None
    assert found.language == language


def test_of_two_that_are_one_for_the_reader_the_one_told_so_is_shown() -> None:
    assert shown("sr", sr="Pismo", sr_Cyrl="Писмо") == Shown("Писмо", "sr-Cyrl", Origin.HUMAN)
    assert shown("bg", bg_Latn="Dete", bg="Дете") == Shown("Дете", "bg", Origin.HUMAN)


def test_serbian_in_latin_letters_already_is_not_the_work_of_a_machine() -> None:
    assert shown("sr-Latn", sr="Centar za socijalni rad") == Shown("Centar za socijalni rad", "sr", Origin.HUMAN)


def test_a_field_that_the_listing_leaves_empty_has_no_translation() -> None:
    assert by_language([entry()], "name", source=None, source_language="en") == {}


def test_the_listings_own_text_counts_in_its_language() -> None:
    texts = by_language([entry()], "name", source="Counselling", source_language="en")
    assert best(texts, chain(["en"])) == Shown("Counselling", "en", None)


def carried(given: Translation, known: Translation | None, *, rewritten: bool = False) -> Translation:
    (found,) = carried_on(
        [given],
        known=[known] if known else [],
        rewritten=["name"] if rewritten else [],
        source_language="en",
        at=LATER,
    )
    return found


def test_a_new_translation_is_dated_and_from_the_listings_language() -> None:
    assert carried(entry(), None) == entry(at=LATER, source_language="en", is_outdated=False)


def test_what_stays_as_it_was_keeps_its_date() -> None:
    assert carried(entry(), entry(at=NOW)).at == NOW


def test_rewriting_the_field_makes_its_translations_outdated_until_they_are_rewritten() -> None:
    outdated = carried(entry(), entry(at=NOW), rewritten=True)
    assert outdated.is_outdated
    assert carried(entry(), outdated).is_outdated, "saying nothing of it leaves it so"
    assert not carried(entry(text="Këshillim i ri"), outdated).is_outdated


def test_a_person_can_say_that_an_outdated_translation_still_holds() -> None:
    outdated = entry(at=NOW, is_outdated=True)
    assert not carried(entry(is_outdated=False), outdated).is_outdated
    assert carried(entry(is_outdated=False), outdated, rewritten=True).is_outdated


def test_a_text_that_a_person_has_looked_at_is_new() -> None:
    machine = entry(at=NOW, origin=Origin.MACHINE, is_outdated=True)
    assert carried(entry(), machine) == entry(at=LATER, source_language="en", is_outdated=False)
