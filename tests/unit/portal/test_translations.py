"""Every text of the portal is there in every language, with the same blanks to fill."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from services.portal.translations import update

PORTAL = Path(__file__).parents[3] / "services" / "portal"
CATALOGS = ("bg", "bs", "cnr", "ro", "sq", "sr")
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
# Names that stay in Latin letters, and what stands in a foreign script on purpose.
FOREIGN = re.compile(
    r"%\(\w+\)s|https://|Lidhja|Natural Earth|Tirana|Tiranë|Шабац|Standard|[Ww]ebhooks|SMS"
    r"|HSDS|JSON|CSV|UTF|UUID|MO-FR|\bzip\b|\bsq\b|\bsr\b"
)


@cache
def texts_of_the_portal() -> frozenset[str | tuple[str, ...]]:
    """A text that counts something is there as the two forms that English has."""
    found = extract_from_dir(PORTAL, method_map=METHODS, keywords=KEYWORDS)
    return frozenset(text for _, _, text, _, _ in found)


def catalog(name: str) -> Catalog:
    with (PORTAL / "translations" / f"{name}.po").open("rb") as file:
        return read_po(file, locale=None)


def forms_of(text: str | Sequence[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def blanks(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s", text))


def test_the_texts_are_found() -> None:
    assert "Referral sent" in texts_of_the_portal()
    assert "Sign out" in texts_of_the_portal()


@pytest.mark.parametrize("name", CATALOGS)
def test_no_text_is_missing(name: str) -> None:
    translated = {message.id for message in catalog(name) if message.id and all(forms_of(message.string))}
    assert texts_of_the_portal() - translated == set()


@pytest.mark.parametrize("name", CATALOGS)
def test_translations_have_the_blanks_of_the_original(name: str) -> None:
    for message in catalog(name):
        if message.id:
            filled = {tuple(blanks(form)) for form in forms_of(message.id)}
            assert {tuple(blanks(form)) for form in forms_of(message.string)} == filled, message.id


@pytest.mark.parametrize(("name", "many"), [("bg", 2), ("bs", 3), ("cnr", 3), ("ro", 3), ("sq", 2), ("sr", 3)])
def test_what_is_counted_has_all_forms_of_the_language(name: str, many: int) -> None:
    counted = [message for message in catalog(name) if not isinstance(message.id, str)]
    assert {len(message.string) for message in counted} == {many}


@pytest.mark.parametrize("name", CATALOGS)
def test_the_update_loses_no_translation(name: str) -> None:
    updated = read_po(io.BytesIO(update.written(update.brought_into_step(name))), locale=None)
    assert {message.id: message.string for message in updated if message.id} == {
        message.id: message.string for message in catalog(name) if message.id
    }


def test_a_counted_text_without_one_of_its_forms_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = update.catalog_of("ro")
    kept["%(num)s day ago", "%(num)s days ago"].string = ("acum %(num)s zi", "acum %(num)s zile", "")
    monkeypatch.setattr(update, "catalog_of", lambda _name: kept)
    assert update.missing("ro") == ["('%(num)s day ago', '%(num)s days ago')"]


@pytest.mark.parametrize("name", CATALOGS)
def test_each_language_keeps_to_its_script(name: str) -> None:
    script = "CYRILLIC" if name in ("bg", "sr") else "LATIN"
    for message in catalog(name):
        letters = [letter for letter in FOREIGN.sub("", " ".join(forms_of(message.string))) if letter.isalpha()]
        if message.id:
            assert all(unicodedata.name(letter).startswith(script) for letter in letters), message.string


@pytest.mark.parametrize(
    ("name", "word"),
    [("bg", "указател"), ("bs", "imeni"), ("cnr", "imeni"), ("ro", "catalog"), ("sq", "udhëzues"), ("sr", "имени")],
)
def test_the_directory_has_one_name_in_each_language(name: str, word: str) -> None:
    told = [str(message.string) for message in catalog(name) if "directory" in str(message.id).casefold()]
    assert len(told) > 5
    assert [text for text in told if word not in text.casefold()] == []


@pytest.mark.parametrize(
    ("name", "word", "means"), [("ro", "director", "a head"), ("ro", "mașin", "a car"), ("sq", "makin", "a car")]
)
def test_no_word_is_used_that_readers_take_for_another_thing(name: str, word: str, means: str) -> None:
    assert [message.string for message in catalog(name) if word in str(message.string).casefold()] == [], means


@pytest.mark.parametrize(("name", "all_of_them"), [("ro", "Toate"), ("sq", "Të gjitha"), ("sr", "Све"), ("cnr", "Sve")])
def test_all_listings_are_not_said_like_all_people(name: str, all_of_them: str) -> None:
    assert str(catalog(name)["All listings"].string).startswith(f"{all_of_them} ")
