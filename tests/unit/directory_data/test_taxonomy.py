"""The taxonomy is a tree, named in every language of the directory."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from services.directory.reference_data import build
from services.directory.reference_data.transliteration import serbian_latin

DATA: dict[str, Any] = yaml.safe_load(Path(build.__file__).with_name("taxonomy.yaml").read_text(encoding="utf-8"))
TERMS: list[dict[str, Any]] = DATA["terms"]
TAXONOMY: dict[str, Any] = DATA["taxonomy"]
BY_CODE = {term["code"]: term for term in TERMS}
LANGUAGES = {"en", "sq", "bs", "bg", "ro", "sr-Cyrl", "sr-Latn", "cnr", "mk"}
CYRILLIC_TAGS = {"bg", "sr-Cyrl", "mk"}
FOREIGN_IN_CYRILLIC = {"SOS"}


def test_no_code_stands_twice() -> None:
    assert [code for code, count in Counter(term["code"] for term in TERMS).items() if count > 1] == []


def test_every_term_is_named_in_every_language_and_explained() -> None:
    for term in TERMS:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", term["code"])
        assert term["names"].keys() - {"rom"} == LANGUAGES
        assert term["description"].keys() == LANGUAGES
        assert all(text.endswith(".") for text in term["description"].values())


def test_the_taxonomy_itself_is_named_and_explained_in_every_language() -> None:
    assert TAXONOMY["names"].keys() == TAXONOMY["description"].keys() == LANGUAGES
    assert all(text.endswith(".") for text in TAXONOMY["description"].values())


def test_names_and_synonyms_stand_in_the_script_of_their_language() -> None:
    for term in [TAXONOMY | {"synonyms": {}}, *TERMS]:
        written = [(tag, [text]) for told in (term["names"], term["description"]) for tag, text in told.items()]
        for tag, texts in [*written, *term["synonyms"].items()]:
            expected = "CYRILLIC" if tag in CYRILLIC_TAGS else "LATIN"
            for word in " ".join(texts).split():
                letters = [letter for letter in word if letter.isalpha()]
                if word not in FOREIGN_IN_CYRILLIC:
                    assert all(unicodedata.name(letter).startswith(expected) for letter in letters), (tag, word)


def test_serbian_says_the_same_in_both_scripts() -> None:
    for term in [TAXONOMY | {"synonyms": {}}, *TERMS]:
        for told in (term["names"], term["description"]):
            assert serbian_latin(told["sr-Cyrl"]) == told["sr-Latn"]
        assert [serbian_latin(word) for word in term["synonyms"].get("sr-Cyrl", [])] == term["synonyms"].get(
            "sr-Latn", []
        )


def test_parents_come_first_and_the_tree_has_two_levels() -> None:
    seen: set[str] = set()
    for term in TERMS:
        if term["parent"]:
            assert term["parent"] in seen, term["code"]
            assert BY_CODE[term["parent"]]["parent"] is None
        seen.add(term["code"])


def test_no_two_terms_share_a_name_in_a_language() -> None:
    for language in LANGUAGES:
        names = Counter(term["names"][language] for term in TERMS)
        assert [name for name, count in names.items() if count > 1] == []


def test_no_synonym_of_a_term_stands_twice() -> None:
    for term in TERMS:
        for tag, words in term["synonyms"].items():
            twice = [word for word, count in Counter(map(str.casefold, words)).items() if count > 1]
            assert twice == [], (term["code"], tag)


def test_every_class_of_service_knows_other_words_people_type() -> None:
    for term in [term for term in TERMS if term["parent"]]:
        assert term["synonyms"].keys() >= {"en", "sq", "bs", "bg", "ro", "sr-Cyrl", "sr-Latn", "mk"}
