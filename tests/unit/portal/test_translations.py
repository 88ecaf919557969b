"""Every text of the portal is there in every language, with the same blanks to fill."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

PORTAL = Path(__file__).parents[3] / "services" / "portal"
CATALOGS = ("bg", "bs", "cnr", "ro", "sq", "sr")
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
# Names that stay in Latin letters, and what stands in a foreign script on purpose.
FOREIGN = re.compile(
    r"%\(\w+\)s|https://|Lidhja|Natural Earth|Tirana|Tiranë|Шабац|Standard|[Ww]ebhooks|SMS"
    r"|HSDS|JSON|CSV|UTF|UUID|MO-FR|\bzip\b|\bsq\b|\bsr\b"
)


@cache
def texts_of_the_portal() -> frozenset[str]:
    found = extract_from_dir(PORTAL, method_map=METHODS, keywords=KEYWORDS)
    return frozenset(text for _, _, text, _, _ in found if isinstance(text, str))


def catalog(name: str) -> Catalog:
    with (PORTAL / "translations" / f"{name}.po").open("rb") as file:
        return read_po(file, locale=None)


def blanks(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s", text))


def test_the_texts_are_found() -> None:
    assert "Referral sent" in texts_of_the_portal()
    assert "Sign out" in texts_of_the_portal()


@pytest.mark.parametrize("name", CATALOGS)
def test_no_text_is_missing(name: str) -> None:
    translated = {message.id for message in catalog(name) if message.id and message.string}
    assert texts_of_the_portal() - translated == set()


@pytest.mark.parametrize("name", CATALOGS)
def test_translations_have_the_blanks_of_the_original(name: str) -> None:
    for message in catalog(name):
        if message.id:
            assert blanks(str(message.id)) == blanks(str(message.string)), message.id


@pytest.mark.parametrize("name", CATALOGS)
def test_each_language_keeps_to_its_script(name: str) -> None:
    script = "CYRILLIC" if name in ("bg", "sr") else "LATIN"
    for message in catalog(name):
        letters = [letter for letter in FOREIGN.sub("", str(message.string)) if letter.isalpha()]
        if message.id:
            assert all(unicodedata.name(letter).startswith(script) for letter in letters), message.string
