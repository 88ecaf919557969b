"""Two records of one organization or service are told from two of two, with reasons."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directory.domain.likeness import (
    LIKELY,
    WORTH_A_LOOK,
    Traits,
    comparable_phone,
    comparable_url,
    likeness,
    likeness_from,
    register_entries,
    traits,
)

# One invented number as it is dialled from elsewhere and within the country.
AT_HOME = "0" + "4222" + "3333"
ABROAD = f"+355 ({AT_HOME[1]}) {AT_HOME[2:5]}-{AT_HOME[5:]}"
AGIMI: dict[str, Any] = {"names": ["Qendra Agimi"], "country": "AL", "municipality": "AL-tirane"}


def codes(one: Traits, other: Traits) -> set[str]:
    return {finding.code for finding in likeness(one, other).findings}


def test_one_number_in_one_register_is_certain_whatever_the_names_say() -> None:
    one = traits(names=["Qendra Agimi"], identifiers=[{"identifier_scheme": "AL-NIPT", "identifier": "L 123-456"}])
    other = traits(names=["Something else"], identifiers=[{"identifier_scheme": "al-nipt", "identifier": "l123456"}])
    assert likeness(one, other).is_certain


def test_two_numbers_in_one_register_speak_against_one_name() -> None:
    one = traits(**AGIMI, identifiers=[{"identifier_scheme": "AL-NIPT", "identifier": "1"}], phones=[ABROAD])
    other = traits(**AGIMI, identifiers=[{"identifier_scheme": "AL-NIPT", "identifier": "2"}], phones=[AT_HOME])
    assert likeness(one, other).score < WORTH_A_LOOK
    assert "different_identifier" in codes(one, other)


def test_without_a_shared_register_entry_nothing_is_certain() -> None:
    same = traits(**AGIMI, phones=[ABROAD], emails=["a@b.example.org"], urls=["agimi.example.org"], terms=["x"])
    assert LIKELY < likeness(same, same).score < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Центар за социјални рад Шабац", "Centar za socijalni rad Šabac"),
        ("CENTAR ZA SOCIJALNI RAD SABAC", "Centar za socijalni rad Šabac"),
        ("Qendra Agimi", "Agimi Qendra OJQ"),
        ("Дирекция Шумен", "Direktsia Shumen"),
    ],
)
def test_a_name_is_the_same_in_other_letters_order_and_legal_form(one: str, other: str) -> None:
    assert likeness(traits(names=[one]), traits(names=[other])).score > 0.45
    here = {"municipality": "RS-sabac", "phones": [ABROAD]}
    assert likeness(traits(names=[one], **here), traits(names=[other], **here)).score >= WORTH_A_LOOK  # type: ignore[arg-type]


def test_one_kind_of_service_in_two_towns_is_two_services() -> None:
    one = traits(names=["Centar za socijalni rad"], municipality="RS-sabac", terms=["case-management"])
    other = traits(names=["Centar za socijalni rad"], municipality="RS-loznica", terms=["case-management"])
    assert likeness(one, other).score < WORTH_A_LOOK


def test_one_owners_telephone_says_nothing_of_its_two_services() -> None:
    def service(name: str, owner: str) -> Traits:
        return traits(names=[name], owner=owner, phones=[ABROAD], emails=["x@a.example.org"])

    assert likeness(service("Day centre", "a"), service("Night shelter", "a")).score == 0
    assert likeness(service("Day centre", "a"), service("Night shelter", "b")).score >= WORTH_A_LOOK


def test_a_helpline_that_many_name_is_nobodys_own_number() -> None:
    assert comparable_phone("116 111") is None
    assert comparable_phone(ABROAD) == comparable_phone(AT_HOME) == "42223333"


def test_addresses_are_compared_as_browsers_treat_them() -> None:
    assert comparable_url("https://www.Agimi.example.org/sq/") == comparable_url("agimi.example.org/sq")
    assert comparable_url("http://[broken") is None


def test_a_number_without_a_register_counts_for_nothing() -> None:
    assert register_entries([{"identifier": "12"}, {"identifier_scheme": "  ", "identifier": "12"}]) == frozenset()
    assert register_entries([{"identifier_scheme": 3, "identifier": ["12"]}]) == frozenset()


some_text = st.text(max_size=40)
few = st.lists(some_text, max_size=3)
entries = st.fixed_dictionaries({"identifier_scheme": st.sampled_from("ab"), "identifier": some_text})
records = st.builds(
    traits,
    names=few,
    identifiers=st.lists(entries, max_size=2),
    owner=st.none() | st.sampled_from("ab"),
    country=st.none() | st.sampled_from(["AL", "RS"]),
    municipality=st.none() | st.sampled_from(["AL-tirane", "RS-sabac"]),
    phones=few,
    emails=few,
    urls=few,
    terms=few,
)


@given(records, records)
def test_the_score_is_between_none_and_all_and_the_same_from_either_side(one: Traits, other: Traits) -> None:
    found = likeness(one, other)
    assert 0 <= found.score <= 1
    assert found == likeness(other, one)
    assert all(0 < finding.strength <= 1 for finding in found.findings)


NAMES = ["Qendra Agimi", "Agimi Qendra e Tiranës", "Qendra Agimi 2", "Qendra Hapi", "Centar za socijalni rad"]
near = st.builds(
    traits,
    names=st.lists(st.sampled_from(NAMES), max_size=2),
    identifiers=st.lists(entries, max_size=1),
    country=st.none() | st.sampled_from(["AL", "RS"]),
    municipality=st.none() | st.sampled_from(["AL-tirane", "RS-sabac"]),
    phones=st.lists(st.sampled_from([AT_HOME]), max_size=1),
    emails=st.lists(st.sampled_from(["a@b.example.org"]), max_size=1),
    terms=st.lists(st.sampled_from("abc"), max_size=3),
)


@given(near | records, near | records, st.floats(0, 1))
def test_to_ask_from_a_score_on_is_to_compare_and_leave_out_what_is_below(
    one: Traits, other: Traits, least: float
) -> None:
    found = likeness(one, other)
    assert likeness_from(one, other, least) == (found if found.score >= least else None)
    assert likeness_from(one, other, found.score) == found


@given(records)
def test_nothing_is_more_like_a_record_than_itself(one: Traits) -> None:
    if one.names:
        assert likeness(one, one).score >= 0.23  # a name alone, and a register that knows it


def test_ten_thousand_pairs_take_a_moment() -> None:
    one = traits(**AGIMI, phones=[AT_HOME], terms=["a", "b"])
    other = traits(names=["Qendra Agimi Tiranë", "Agimi"], municipality="AL-durres", terms=["b", "c"])
    started = time.process_time()
    for _ in range(10_000):
        likeness(one, other)
    assert time.process_time() - started < 2
