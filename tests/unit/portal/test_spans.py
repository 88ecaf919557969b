"""A length of time is written in words of the reader's language."""

from __future__ import annotations

import pytest
from babel import Locale
from flask import Flask
from flask_babel import Babel, force_locale

from services.portal.languages import LANGUAGES
from services.portal.presenters import span

DAY = 24 * 3600


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask(__name__)
    Babel(app)
    return app


@pytest.mark.parametrize("locale", sorted(locale for _, locale, _ in LANGUAGES.values()))
@pytest.mark.parametrize("seconds", [60, 59 * 60, 3600, 7 * 3600 + 60, DAY, 2 * DAY + 23 * 3600, 12 * DAY])
def test_a_span_has_no_technical_name_in_it(app: Flask, locale: str, seconds: int) -> None:
    Locale.parse(locale)
    with app.test_request_context(), force_locale(locale):
        assert "duration" not in span(seconds)


def test_a_span_names_its_two_largest_units(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert span(2 * DAY + 23 * 3600 + 59 * 60) == "2 days, 23 hr"
        assert span(45 * 60) == "45 min"
        assert span(0) == "1 min"
