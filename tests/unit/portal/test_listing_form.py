"""What the form of a listing does not ask for is not lost when the listing is changed there."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from services.portal import wording
from services.portal.forms.fields import Form
from services.portal.forms.listing import content_of, form_of, with_what_is_not_asked
from tests.support.portal import a_portal, everyday_apis

NAMED: dict[str, Any] = {"tier": "named", "named_agencies": ["8a2b6f0e-1c2d-5e3f-8a4b-5c6d7e8f9a0b"]}


def test_a_service_that_few_may_know_of_does_not_become_public_by_being_changed() -> None:
    kept = with_what_is_not_asked({"tier": "public"}, Form({}), NAMED)
    assert kept == NAMED


def test_a_tier_that_is_chosen_counts() -> None:
    assert with_what_is_not_asked({"tier": "network"}, Form({"tier": "network"}), NAMED) == {"tier": "network"}


def test_translations_stay() -> None:
    before = {"tier": "public", "source_language": "en", "translations": [{"language": "sq"}], "always_open": True}
    kept = with_what_is_not_asked({"name": "New", "schedule": ["…"]}, Form({}), before)
    assert kept == {"name": "New", "schedule": ["…"], "source_language": "en", "translations": [{"language": "sq"}]}


# Two towns of one country share their name, as many do.
NAMES = {"AL-tirane": "Tiranë", "AL-vlore": "Vlorë", "RO-1": "Bogdana", "RO-2": "Bogdana"}


@cache
def portal() -> Flask:
    apis = everyday_apis()

    def places(request: httpx.Request) -> httpx.Response:
        code, text = request.url.params.get("code"), request.url.params.get("search")
        found = [known for known, name in NAMES.items() if code == known or (text and name == text)]
        place = {"level": "municipality", "names": {}}
        items = [place | {"code": known, "country": known[:2], "name": NAMES[known]} for known in found]
        return httpx.Response(200, json={"items": items})

    apis.on("GET", "directory", "/municipalities", places)
    return a_portal(apis)


def texts(longest: int) -> st.SearchStrategy[str]:
    letters = st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" \n")
    return st.text(letters, min_size=1, max_size=min(longest, 60)).map(str.strip).filter(bool)


def lines(longest: int) -> st.SearchStrategy[str]:
    return texts(longest).map(lambda text: " ".join(text.split()))


def some(values: Any, least: int = 0, most: int = 20) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(list(values)), unique=True, min_size=least, max_size=most)


LOCATIONS = st.one_of(
    st.just({"kind": "virtual"}),
    st.fixed_dictionaries(
        {"kind": st.just("physical"), "municipality": st.sampled_from(list(NAMES))},
        optional={"address_1": lines(200), "postal_code": lines(20), "latitude": st.just(41.3)},
    ),
    st.fixed_dictionaries(
        {"kind": st.just("confidential")},
        optional={"municipality": st.sampled_from(list(NAMES)), "address_1": lines(200)},
    ),
)
HOURS = st.fixed_dictionaries(
    {"byday": some(wording.DAYS, 1).map(lambda days: ",".join(day for day in wording.DAYS if day in days)),
     "opens_at": st.just("08:00"), "closes_at": st.sampled_from(["16:00", "24:00"])},
    optional={"description": lines(200), "open_on_holidays": st.just(True)},
)  # fmt: skip
LISTINGS = st.fixed_dictionaries(
    {
        "name": lines(200), "description": texts(5000), "location": LOCATIONS, "tier": st.just("public"),
        "taxonomy_terms": some(["counselling", "retired-term", *(f"term-{number}" for number in range(18))], 1),
        "languages": some([*wording.SPOKEN, "fr", "ckb", "zh-Hant"], 1), "accepts_referrals": st.booleans(),
        "serves": some([*NAMES, "AL", "RO"], 1), "sex": st.sampled_from(list(wording.SEX_TAKEN)),
    },
    optional={
        "alternate_name": lines(200), "eligibility_description": texts(2000), "application_process": texts(2000),
        "fees_description": texts(2000), "wait_time": lines(200), "alert": texts(1000), "phone": st.just("116 111"),
        "minimum_age": st.integers(0, 17), "maximum_age": st.integers(18, 120), "schedule": st.lists(HOURS, min_size=1),
        "accessibility": some(wording.ACCESSIBILITY, 1), "source_language": st.sampled_from(["sq", "fr"]),
        "translations": st.just([{"language": "en", "field": "name", "text": "Dawn"}]),
    },
)  # fmt: skip


def as_browsers_send(form: Form) -> Form:
    pairs = [(name, str(value).replace("\n", "\r\n")) for name, value in form.fields.items(multi=True)]
    return Form(MultiDict(pairs))


@settings(deadline=None)
@given(LISTINGS)
def test_a_listing_that_is_only_saved_says_what_it_said(listing: dict[str, Any]) -> None:
    with portal().test_request_context():
        form = as_browsers_send(form_of(listing))
        saved = with_what_is_not_asked(content_of(form, listing), form, listing)
    assert form.errors == {}
    assert saved == {"accessibility": []} | listing


def test_a_place_that_does_not_say_whom_it_serves_is_not_made_to() -> None:
    place = {"kind": "physical", "municipality": "AL-tirane"}
    listing: dict[str, Any] = {"name": "n", "description": "d", "taxonomy_terms": ["t"], "languages": ["sq"]}
    listing |= {"tier": "public", "serves": [], "location": place, "accepts_referrals": True}
    with portal().test_request_context():
        form = form_of(listing)
        assert content_of(form, listing)["serves"] == []
        assert form.errors == {}
        content_of(form)
        assert set(form.errors) == {"serves"}


@pytest.mark.parametrize(("name", "longest"), [("description", 5000), ("alert", 1000), ("address_1", 200)])
def test_what_is_too_long_is_refused_and_not_cut(name: str, longest: int) -> None:
    with portal().test_request_context():
        form = Form({name: "x" * (longest + 1), "location_kind": "physical"})
        content_of(form)
        assert str(longest) in form.errors[name]


@pytest.mark.parametrize(
    ("language", "name", "longest", "told"),
    [
        ("en", "alert", 1000, "This has more than 1000 characters."),
        ("ro", "alert", 1000, "Are peste 1000 de caractere."),
        ("ro", "postal_code", 12, "Are peste 12 caractere."),
        ("sr-Cyrl", "alert", 1000, "Ово има више од 1000 знакова."),
        ("sr-Latn", "postal_code", 21, "Ovo ima više od 21 znaka."),
        ("bg", "postal_code", 21, "Това има повече от 21 знака."),
        ("sq", "postal_code", 1, "Kjo ka më shumë se 1 shenjë."),
    ],
)
def test_what_is_too_long_says_how_much_may_be_written(language: str, name: str, longest: int, told: str) -> None:
    with portal().test_request_context(headers={"Accept-Language": language}):
        form = Form({name: "x" * (longest + 1)})
        form.at_most(name, longest)
        assert form.errors[name] == told
