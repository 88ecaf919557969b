"""The judged queries find what people mean by them, in every language; nothing is asked in vain."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from tests.relevance.corpus import corpus, terms
from tests.relevance.judgements import Query, grade, queries
from tests.relevance.metrics import DEPTH, ndcg

# What has been reached may not be lost; `python -m pytest tests/relevance -s` prints the figures by language and kind.
LEAST_NDCG = 0.82
LEAST_NDCG_OF_A_LANGUAGE = 0.70
MOST_WITHOUT_RESULT = 0.01
OFFERS = {offered.id: offered for offered in corpus()}
TERMS = terms()
QUERIES = queries()


def scores(client: Any) -> list[tuple[Query, float, int]]:
    """Ask every query through the API: the query, its NDCG@10 and how many were found."""
    asked = []
    for query in QUERIES:
        answer = client.get("/services", params={"search": query.text, "per_page": DEPTH})
        assert answer.status_code == 200, (query.text, answer.text)
        page = answer.json()
        found = [grade(query, OFFERS[service["id"]], TERMS) for service in page["contents"]]
        judged = [grade(query, offered, TERMS) for offered in OFFERS.values()]
        asked.append((query, ndcg(found, judged), page["total_items"]))
    return asked


@pytest.fixture(scope="module")
def asked(relevance_client: Any) -> list[tuple[Query, float, int]]:
    found = scores(relevance_client)
    print(report(found))  # noqa: T201 - shown with -s
    return found


def means(asked: list[tuple[Query, float, int]], part: str) -> dict[str, float]:
    values: dict[str, list[float]] = defaultdict(list)
    for query, score, _ in asked:
        values[getattr(query, part)].append(score)
    return {name: sum(found) / len(found) for name, found in sorted(values.items())}


def report(asked: list[tuple[Query, float, int]]) -> str:
    overall = sum(score for _, score, _ in asked) / len(asked)
    lines = [f"\nNDCG@10 {overall:.3f} over {len(asked)} queries; without result: {without_result(asked):.1%}"]
    for part in ("language", "kind"):
        lines.append("  " + ", ".join(f"{name} {mean:.3f}" for name, mean in means(asked, part).items()))
    worst = sorted(asked, key=lambda entry: entry[1])[:25]
    lines += [
        f"  {score:.2f} {total:5d} {query.language:4} {query.kind:10} {query.text}" for query, score, total in worst
    ]
    return "\n".join(lines)


def without_result(asked: list[tuple[Query, float, int]]) -> float:
    return sum(total == 0 for _, _, total in asked) / len(asked)


def test_there_are_enough_queries_in_every_language() -> None:
    assert len({query.text for query in QUERIES}) == len(QUERIES) >= 120
    assert {query.language for query in QUERIES} >= {"sq", "bs", "bg", "ro", "sr", "cnr", "en", "mk", "rom"}


def test_what_is_meant_comes_first(asked: list[tuple[Query, float, int]]) -> None:
    assert sum(score for _, score, _ in asked) / len(asked) >= LEAST_NDCG


def test_no_language_is_left_behind(asked: list[tuple[Query, float, int]]) -> None:
    behind = {name: mean for name, mean in means(asked, "language").items() if mean < LEAST_NDCG_OF_A_LANGUAGE}
    assert behind == {}


def test_hardly_a_query_finds_nothing(asked: list[tuple[Query, float, int]]) -> None:
    assert without_result(asked) <= MOST_WITHOUT_RESULT, [query.text for query, _, total in asked if total == 0]


def test_the_measure_can_tell_good_from_bad() -> None:
    assert ndcg([3, 3, 1], [3, 3, 1, 0]) == 1.0
    assert ndcg([0, 0, 3], [3, 0, 0]) < 0.6
    assert ndcg([], [3]) == 0.0
