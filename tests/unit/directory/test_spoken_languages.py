"""One language has one code, in whatever standard, region or script it is named."""

from __future__ import annotations

import pytest

from services.directory.domain.spoken_languages import all_spoken, spoken


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("sr", "sr"), ("sr-Latn", "sr"), ("sr-Cyrl-RS", "sr"), ("srp", "sr"), ("scc", "sr"), ("sr_RS", "sr"),
        ("sq-XK", "sq"), ("sqi", "sq"), ("alb", "sq"), ("als", "sq"), ("aln", "sq"), ("eng", "en"), ("en-GB", "en"),
        ("EN", "en"), ("ron", "ro"), ("rum", "ro"), ("mol", "ro"), ("mo", "ro"), ("mkd", "mk"), ("mac", "mk"),
        ("bos", "bs"), ("bul", "bg"), ("hrv", "hr"), ("hr", "hr"), ("cnr", "cnr"), ("rom", "rom"), ("rmy", "rom"),
        ("ukr", "uk"), ("twi", "tw"), ("sgn", "sgn"), ("xx", "xx"),
    ],
)  # fmt: skip
def test_a_tag_is_read_as_the_language_that_is_spoken(tag: str, language: str) -> None:
    assert spoken(tag) == language
    assert spoken(spoken(tag)) == language


def test_each_language_stands_once_in_the_order_given() -> None:
    assert all_spoken(["sr-Latn", "sqi", "sr-Cyrl", "sq"]) == ("sr", "sq")
