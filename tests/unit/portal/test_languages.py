"""A page is in the language and the script that the browser asks for."""

from __future__ import annotations

import pytest

from tests.support.portal import a_portal, everyday_apis


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("sr-Latn-RS", "sr-Latn"),
        ("sr-Latn-RS,sr-Latn;q=0.9,sr;q=0.8", "sr-Latn"),
        ("sr-latn", "sr-Latn"),
        ("sr-Cyrl-RS", "sr-Cyrl"),
        ("sr-RS", "sr-Cyrl"),
        ("sr", "sr-Cyrl"),
        ("sr-ME", "cnr"),
        ("sr-Latn-ME", "sr-Latn"),
        ("sr-Cyrl-ME", "sr-Cyrl"),
        ("cnr-ME", "cnr"),
        ("hr-HR", "bs"),
        ("sh", "sr-Latn"),
        ("bs-Cyrl-BA", "bs"),
        ("sq-XK", "sq"),
        ("de-AT, de;q=0.9, ro;q=0.5", "ro"),
        ("de", "en"),
        ("*", "en"),
    ],
)
def test_a_page_is_in_the_language_that_the_browser_asks_for(asked: str, language: str) -> None:
    page = a_portal(everyday_apis()).test_client().get("/", headers={"Accept-Language": asked}).text
    assert f'<html lang="{language}"' in page
