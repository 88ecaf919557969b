"""Ten thousand hostile search strings: each is answered or refused in plain words, and the directory stays whole."""

from __future__ import annotations

import itertools
import random
import string
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.directory.domain.listing import ListingContent
from services.directory.domain.organization import Organization
from tests.support.own_directory import own_directory

# Thousands of questions take their time, more so on a machine that has other work.
pytestmark = pytest.mark.timeout(900)

STRINGS, _SEED = 10_000, 5150
PIECES = (
    "'", '"', "\\", ";", "--", "/*", "*/", "%", "_", "&", "|", "!", "(", ")", ":*", "<->", "<2>", "\x00", "\x1b",
    "\ufeff", "\u202e", "\u0301" * 40, "a" * 500, "ß", "İ", "ﬁ", "ﷺ", "🏚️👩‍👧", "Ѓ", "ё", "１１６", "\ud7ff",
    "\U0010ffff", "\t", "\r\n", "' OR 1=1 --", "'; DROP TABLE listing; --", "$1", "{{7*7}}", "${jndi:ldap://x}",
    "<script>", "../../etc/passwd", "to_tsquery('a')", "a:b:c", "::text", "NULL", "NaN", "1e309", "-0", "0x41",
    "%00", "%ff", "\\u0000", "=cmd|' /C calc'!A0",
)  # fmt: skip
WORDS = ("shelter", "psiholog", "Шабац", "Tiranë", "qendër", "дете", "copii", "hotline", "116 111")


def strings() -> Iterator[str]:
    rng = random.Random(_SEED)
    makers: tuple[Callable[[random.Random], str], ...] = (_pieces, _noise, _mutated, _long, _many_words)
    for _ in range(STRINGS):
        yield rng.choice(makers)(rng)


def _pieces(rng: random.Random) -> str:
    return "".join(rng.choice((*PIECES, *WORDS, " ")) for _ in range(rng.randint(1, 12)))


def _noise(rng: random.Random) -> str:
    return "".join(
        chr(rng.choice((rng.randint(0, 0x2FF), rng.randint(0x300, 0xD7FF)))) for _ in range(rng.randint(1, 60))
    )


def _mutated(rng: random.Random) -> str:
    word = list(rng.choice(WORDS))
    for _ in range(rng.randint(1, 4)):
        word.insert(rng.randrange(len(word) + 1), rng.choice((*PIECES, *string.punctuation)))
    return "".join(word)


def _long(rng: random.Random) -> str:
    # As long as an address may be; what is longer the server in front refuses.
    return (rng.choice((*PIECES, *WORDS)) * rng.randint(50, 400))[:3_000]


def _many_words(rng: random.Random) -> str:
    return " ".join("".join(rng.choices("abcdefghijklmnoprstuvzšđčćžëç", k=rng.randint(1, 9))) for _ in range(40))


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    owner = Organization(
        id="3f0c61a2-52c5-4b8e-9e0f-0f3d6d6f0a11", name="Centre", description="A centre.", country="AL"
    )
    content = ListingContent(
        name="Shelter",
        description="Psiholog, qendër, hotline.",
        taxonomy_terms=("emergency-shelter",),
        languages=("sq",),
        serves=("AL",),
    )
    with own_directory() as own:
        own.publish("4f0c61a2-52c5-4b8e-9e0f-0f3d6d6f0a12", owner, content)
        yield own.client


PATHS = ("/services", "/organizations", "/service_at_locations", "/municipalities", "/taxonomy_terms")


@pytest.mark.parametrize("path", PATHS)
def test_no_search_string_breaks_the_directory(client: Any, path: str) -> None:
    """Each list is asked a fifth of the strings; together they are asked all."""
    own = itertools.islice(strings(), PATHS.index(path), None, len(PATHS))
    answers: Counter[int] = Counter()
    for text in own:
        answer = client.get(path, params={"search": text})
        assert answer.status_code in (200, 400), (path, text, answer.text)
        if answer.status_code == 400:
            assert answer.headers["content-type"].startswith("application/problem+json")
        answers[answer.status_code] += 1
    assert answers[200] > STRINGS / len(PATHS) / 3, answers
    assert client.get("/services", params={"search": "shelter"}).json()["total_items"] == 1


@pytest.mark.parametrize("raw", ["%ff%fe", "%c3%28", "%ed%a0%80", "shelter%ff"])
def test_bytes_that_are_no_text_are_refused(client: Any, raw: str) -> None:
    assert client.get(f"/services?search={raw}").status_code == 400


def test_half_a_character_in_a_body_is_refused(client: Any) -> None:
    headers = {"Content-Type": "application/json"}
    for path in ("/services", "/organizations", "/taxonomy_terms"):
        assert client.post(path, content=rb'{"search": "\ud800"}', headers=headers).status_code == 400


@pytest.mark.parametrize("raw", ["a%00b", "%u0161"])
def test_what_is_text_only_in_part_is_refused_or_read_as_what_is_left(client: Any, raw: str) -> None:
    assert client.get(f"/services?search={raw}").status_code in (200, 400)


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=1e9", "page=99999999999999999999999", "per_page=0", "per_page=-5", "per_page=abc",
        "age=-1", "age=x", "near=1", "near=91,0", "near=a,b", "near=nan,nan", "near=inf,0", "within_km=-1",
        "within_km=nan", "taxonomy_term_id=1", "modified_after=yesterday", "format=xml", "full=maybe", "sex=1",
        "unknown=1", "municipality=../x", "minimum_age=1e400",
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_named_and_refused(client: Any, query: str) -> None:
    answer = client.get(f"/services?{query}")
    assert answer.status_code == 400, answer.text
    problem = answer.json()
    assert problem["type"]
    assert problem["detail"]


@pytest.mark.parametrize("page", [2, 1_000, 10**6, 10**9])
def test_a_page_far_beyond_the_end_is_empty_or_refused(client: Any, page: int) -> None:
    answer = client.get("/services", params={"page": page})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.json()["empty"] is True
        assert answer.json()["total_items"] == 1
