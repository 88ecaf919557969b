"""What is wrong with a file is told in every language of the reports, and names the field it is about."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.directory.adapters.wording import wording_for, wordings
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.fault_texts import text_of, text_of_misfit
from services.directory.domain.imports import Fault
from services.directory.domain.own_words import words_of_service

DIRECTORY = Path(__file__).resolve().parents[3] / "services" / "directory"
LANGUAGES = ("en", "sq", "bs", "bg", "ro", "sr-Cyrl", "sr-Latn", "cnr")


def unreadable() -> Fault:
    with pytest.raises(ContentDoesNotFit) as raised:
        words_of_service({"lidhja": {"status": "published", "place": "nowhere"}})
    return Fault("lidhja", "does_not_fit", raised.value.told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_own_export_would_not_say_is_told_with_the_field_in_the_readers_language(language: str) -> None:
    text = text_of(unreadable(), wording_for([language]))
    assert "lidhja.place" in text
    assert "{" not in text


def test_no_two_languages_tell_it_in_the_same_words_but_the_two_that_are_close() -> None:
    texts = {language: text_of(unreadable(), wording_for([language])) for language in LANGUAGES}
    assert len({text for language, text in texts.items() if language not in ("bs", "cnr", "sr-Latn")}) == 5


def test_a_rule_without_words_of_its_own_is_told_as_it_was_kept() -> None:
    kept = Fault("", "does_not_fit", {"code": "told_in_no_language", "detail": "Kept as it was."})
    assert text_of(kept, wording_for(["sq"])) == "Kept as it was."


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", "name, kinds of help"), ("sq", "emri, llojet e ndihmës"), ("sr-Cyrl", "назив, врсте помоћи")],
)
def test_missing_columns_are_called_as_the_template_of_that_language_calls_them(language: str, names: str) -> None:
    missing = Fault("", "missing_columns", {"columns": ["name", "terms"]})
    assert names in text_of(missing, wording_for([language]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_is_worded_with_the_blanks_of_the_same_code_in_english(language: str) -> None:
    english = wordings()["en"].faults
    assert set(wordings()[language].faults) == set(english)
    for code, sentence in wordings()[language].faults.items():
        blanks = {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
        assert blanks == {name for _, name, _, _ in string.Formatter().parse(english[code]) if name is not None}, code


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "line 3, column 5"), ("sq", "rreshti 3, kolona 5"), ("sr-Cyrl", "ред 3, колона 5"), ("ro", "rândul 3")],
)
def test_where_something_stands_in_a_file_is_said_in_the_readers_language(language: str, told: str) -> None:
    assert told in text_of(Fault("", "bad_json", {"place": "line 3, column 5"}), wording_for([language]))
    assert told.partition(",")[0] in text_of(
        Fault("", "organization_refused", {"place": "organizations.csv line 3"}), wording_for([language])
    )


def misfits_raised() -> Iterator[tuple[str, set[str]]]:
    """Yield the code of every contradiction in the source, with the blanks that it fills."""
    for path in sorted(DIRECTORY.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ContentDoesNotFit":
                given = {str(keyword.arg): keyword.value for keyword in node.keywords}
                yield ast.literal_eval(given.pop("code")), set(given)


@pytest.mark.parametrize("language", sorted(wordings()))
def test_every_contradiction_is_worded_in_every_language_and_nothing_else_is(language: str) -> None:
    assert {code for code, _ in misfits_raised()} == set(wordings()[language].misfits)


@pytest.mark.parametrize("language", sorted(wordings()))
def test_the_blanks_of_a_contradiction_are_filled_wherever_it_is_raised(language: str) -> None:
    raised = list(misfits_raised())
    assert len(raised) > 20
    for code, filled in raised:
        sentence = wordings()[language].misfits[code]
        blanks = {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
        assert blanks <= filled, code
        assert filled - {"fields"} <= blanks, code


def test_contradictions_are_worded_in_all_languages_of_the_reports() -> None:
    assert set(wordings()) == set(LANGUAGES)


def test_several_names_fill_one_blank() -> None:
    misfit = ContentDoesNotFit("-", code="nothing_to_take", fields=["take"], names=["colour", "size"])
    assert "colour, size" in text_of_misfit(misfit, wording_for(["sq"]))


@pytest.mark.parametrize(
    ("language", "fault", "text"),
    [
        ("ro", Fault("email", "too_long", {"limit": 254}), "Are prea multe caractere: peste 254."),
        ("sr-Cyrl", Fault("email", "too_long", {"limit": 254}), "Ово има превише знакова: више од 254."),
        ("ro", Fault("", "too_many_rows", {"limit": 1_000_000}), "Fișierul are prea multe rânduri: peste 1000000."),
        ("en", Fault("", "wrong_number_of_columns", {"found": 1, "expected": 5}), "Columns in this row: 1; "),
        ("cnr", Fault("", "wrong_number_of_columns", {"found": 1, "expected": 5}), "Kolona u ovom redu: 1; "),
    ],
)
def test_what_is_counted_is_said_so_that_it_goes_with_every_number(language: str, fault: Fault, text: str) -> None:
    assert text_of(fault, wording_for([language])).startswith(text)
