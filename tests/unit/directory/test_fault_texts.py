"""What is wrong with a file is told in every language of the reports, and names the field it is about."""

from __future__ import annotations

import pytest

from services.directory.adapters.wording import wording_for
from services.directory.domain.errors import ContentDoesNotFit
from services.directory.domain.fault_texts import text_of
from services.directory.domain.imports import Fault
from services.directory.domain.own_words import words_of_service

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
