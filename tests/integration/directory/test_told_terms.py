"""Terms that only feeds know are searched by like our own: by id, by what is above them, by taxonomy and by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.directory.bootstrap import Directory
from tests.support.directory import Agency
from tests.support.feeds import a_word, attribute, new_id, place, published, service
from tests.support.imports import codes_of, imported


@pytest.fixture
def feed(agency: Agency, directory: Directory) -> dict[str, Any]:
    """A taxonomy with a term and one below it; one service has the lower one, another a third term at one place."""
    word = a_word()
    taxonomy, top, below, other = (new_id() for _ in range(4))
    kept = [
        {"id": taxonomy, "name": f"Taxonomy {word}", "description": "Of a feed.", "version": "1"},
        {"id": top, "name": f"Top {word}", "description": "One.", "code": "T1", "taxonomy_id": taxonomy.upper()},
        {"id": below, "name": f"Below {word}", "description": "Two.", "code": "T2", "parent_id": top,
         "taxonomy_detail": {"id": taxonomy, "name": "School", "description": "Of a feed."}},
    ]  # fmt: skip
    assert codes_of(imported(directory, agency, "\n".join(map(json.dumps, kept)), format="ndjson")) == []
    has_below = service("Whole", [place("AL-durres")], attributes=[attribute(below, f"Zapisan {word}")])
    first, second = place("AL-tirane"), place("AL-shkoder", attributes=[attribute(other, "Elsewhere")])
    at_a_place = service("Partly", [first, second], attributes=[attribute(new_id(), "No matter")])
    published(directory, agency, has_below, at_a_place)
    ids = {"taxonomy": taxonomy, "top": top, "below": below, "other": other, "second": second["id"]}
    owners = {"whole_owner": has_below["organization"]["id"], "partly_owner": at_a_place["organization"]["id"]}
    return {**ids, **owners, "word": word, "whole": has_below["id"], "partly": at_a_place["id"]}


def found(client: Any, path: str, **asked: Any) -> list[str]:
    """Return what is found, which is the same by address, by body and as a stream."""
    answer = client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    ids = [entry["id"] for entry in answer.json()["contents"]]
    assert answer.json()["total_items"] == len(ids)
    assert [entry["id"] for entry in client.post(path, json=asked).json()["contents"]] == ids
    lines = client.get(path, params={**asked, "format": "ndjson"}).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids
    return ids


@pytest.mark.parametrize("path", ["/services", "/organizations", "/service_at_locations"])
@pytest.mark.parametrize("name", ["taxonomy_term_id", "taxonomy_id"])
def test_what_nobody_attached_finds_nothing(client: Any, feed: dict[str, Any], path: str, name: str) -> None:
    assert found(client, path, **{name: new_id()}) == []
    # A term is no taxonomy, nor the other way round.
    assert found(client, path, **{name: feed["taxonomy" if name == "taxonomy_term_id" else "below"]}) == []


def test_a_term_stands_for_those_below_it(client: Any, feed: dict[str, Any]) -> None:
    for term in (feed["below"], feed["below"].upper(), feed["top"]):
        assert found(client, "/services", taxonomy_term_id=term) == [feed["whole"]]
        assert found(client, "/organizations", taxonomy_term_id=term) == [feed["whole_owner"]]
    assert found(client, "/services", taxonomy_term_id=feed["below"], taxonomy_id=feed["taxonomy"]) == [feed["whole"]]


def test_a_taxonomy_stands_for_all_its_terms(client: Any, feed: dict[str, Any]) -> None:
    assert found(client, "/services", taxonomy_id=feed["taxonomy"]) == [feed["whole"]]
    assert found(client, "/organizations", taxonomy_id=feed["taxonomy"]) == [feed["whole_owner"]]


def test_what_is_attached_to_one_place_holds_there_alone(client: Any, feed: dict[str, Any]) -> None:
    assert found(client, "/services", taxonomy_term_id=feed["other"]) == [feed["partly"]]
    assert found(client, "/organizations", taxonomy_term_id=feed["other"]) == [feed["partly_owner"]]
    assert found(client, "/service_at_locations", taxonomy_term_id=feed["other"]) == [feed["second"]]
    for town, count in (("AL-shkoder", 1), ("AL-tirane", 0)):
        asked = {"taxonomy_term_id": feed["other"], "municipality": town}
        assert len(found(client, "/services", **asked)) == count
        assert len(found(client, "/service_at_locations", **asked)) == count


@pytest.mark.parametrize("typed", ["zapisan {}", "Записан {}", "{}"])
def test_a_service_is_found_by_what_its_term_is_called(client: Any, feed: dict[str, Any], typed: str) -> None:
    assert found(client, "/services", search=typed.format(feed["word"])) == [feed["whole"]]


def test_a_term_that_moves_is_found_where_it_is_now(
    client: Any, agency: Agency, directory: Directory, feed: dict[str, Any]
) -> None:
    """Nothing of the service is imported again."""
    higher = new_id()
    moved = {"id": feed["top"], "name": "Top", "description": "One.", "code": "T1", "parent_id": higher}
    assert found(client, "/services", taxonomy_term_id=higher) == []
    assert codes_of(imported(directory, agency, json.dumps(moved), format="ndjson")) == []
    assert found(client, "/services", taxonomy_term_id=higher) == [feed["whole"]]


def test_others_move_no_term_that_was_told_before(
    client: Any, other_agency: Agency, directory: Directory, feed: dict[str, Any]
) -> None:
    theirs = new_id()
    claim = {"id": feed["top"], "name": "Ours", "description": "Taken.", "code": "T1", "parent_id": theirs}
    assert codes_of(imported(directory, other_agency, json.dumps(claim), format="ndjson")) == []
    assert found(client, "/services", taxonomy_term_id=theirs) == []


def test_a_term_that_is_no_longer_attached_is_not_found(
    client: Any, agency: Agency, directory: Directory, feed: dict[str, Any]
) -> None:
    again = service("Whole", [place("AL-durres")], id=feed["whole"])
    again["organization"]["id"] = feed["whole_owner"]
    published(directory, agency, again)
    assert found(client, "/services", taxonomy_term_id=feed["below"]) == []
    assert found(client, "/services", search=feed["word"]) == []


def choices(client: Any, path: str = "/services", **asked: Any) -> dict[str, tuple[int, str | None]]:
    """Return how many have each term of feeds' own, and what it is called; the counts are those of the searches."""
    answer = client.get(path, params={**asked, "facets": "taxonomy_term"})
    assert answer.status_code == 200, answer.text
    told = {each["value"]: (each["count"], each.get("name")) for each in answer.json()["facets"]["taxonomy_term"]}
    for value, (count, _) in told.items():
        assert len(found(client, path, **{**asked, "taxonomy_term_id": value})) == count, value
    return told


def test_terms_of_what_not_everybody_may_find_are_counted_nowhere(
    client: Any, agency: Agency, directory: Directory
) -> None:
    word, term = a_word(), new_id()
    tier = {"id": new_id(), "link_type": "lidhja-tier", "value": "network", "taxonomy_term_id": new_id()}
    hidden = service(word, [place("AL-tirane")], attributes=[attribute(term, "Hidden"), tier])
    shown = service(word, [place("AL-tirane")], attributes=[attribute(new_id(), "Shown")])
    published(directory, agency, hidden, shown)
    assert [name for _, name in choices(client, search=word).values()] == ["Shown"]


def test_terms_are_counted_for_those_above_them_and_told_by_name(client: Any, feed: dict[str, Any]) -> None:
    word, owner = feed["word"], feed["whole_owner"]
    whole = {feed["below"]: (1, f"Below {word}"), feed["top"]: (1, f"Top {word}")}
    assert choices(client, organization_id=owner) == whole
    assert choices(client, organization_id=owner, taxonomy_term_id=feed["below"].upper()) == whole
    assert choices(client, organization_id=owner, taxonomy_term_id=new_id()) == whole, "as if none was asked for"
    assert choices(client, organization_id=owner, taxonomy_id=new_id()) == {}
    assert choices(client, organization_id=owner, need="legal-aid") == {}


def test_a_term_of_one_place_is_counted_there_alone(client: Any, feed: dict[str, Any]) -> None:
    asked = {"organization_id": feed["partly_owner"]}
    everywhere = choices(client, **asked)
    assert everywhere.pop(feed["other"]) == (1, "Elsewhere")
    (of_all,) = everywhere
    assert everywhere[of_all] == (1, "No matter")
    assert feed["other"] not in choices(client, **asked, municipality="AL-tirane")
    assert choices(client, **asked, municipality="AL-shkoder")[feed["other"]] == (1, "Elsewhere")
    places = choices(client, "/service_at_locations", **asked)
    assert places == {feed["other"]: (1, "Elsewhere"), of_all: (2, "No matter")}


def test_our_own_terms_and_taxonomies_are_in_no_count_of_feeds(
    client: Any, agency: Agency, directory: Directory
) -> None:
    own = client.get("/taxonomy_terms", params={"search": "legal"}).json()["contents"][0]
    taxonomy = {"taxonomy_detail": {"id": new_id(), "name": "School", "description": "Of a feed."}}
    unnamed = {"id": new_id(), "taxonomy_term_id": new_id()}
    theirs = new_id()
    attached = [attribute(own["id"], own["name"]), attribute(theirs, "Theirs", **taxonomy), unnamed]
    of_feed = service(a_word(), [place("AL-tirane")], attributes=attached)
    published(directory, agency, of_feed)
    told = choices(client, organization_id=of_feed["organization"]["id"])
    assert told == {theirs: (1, "Theirs"), unnamed["taxonomy_term_id"]: (1, None)}


def test_a_term_of_a_feed_stays_asked_for_in_the_count_of_our_own(client: Any, feed: dict[str, Any]) -> None:
    asked = {"organization_id": feed["whole_owner"], "facets": "language,term"}
    before = client.get("/services", params=asked).json()["facets"]
    assert client.get("/services", params={**asked, "taxonomy_term_id": feed["top"]}).json()["facets"] == before
    for name in ("taxonomy_term_id", "taxonomy_id"):
        none = client.get("/services", params={**asked, name: new_id()}).json()["facets"]
        assert none == {"language": [], "term": []}


def own_term(client: Any, words: str) -> dict[str, Any]:
    """Return a term of our own taxonomy."""
    found: dict[str, Any] = client.get("/taxonomy_terms", params={"search": words}).json()["contents"][0]
    return found


@pytest.mark.parametrize("is_nested", [False, True])
def test_a_term_of_ours_that_is_named_by_its_id_alone_is_found(
    client: Any, agency: Agency, directory: Directory, is_nested: bool
) -> None:
    own = own_term(client, "legal")
    attached = {"id": new_id(), "link_entity": "service", "taxonomy_term_id": own["id"].upper()}
    if is_nested:
        attached["taxonomy_term"] = {"id": own["id"].upper(), "name": a_word(), "description": "In other words."}
    of_feed = service(a_word(), [place("AL-tirane")], attributes=[attached])
    published(directory, agency, of_feed)
    asked = {"organization_id": of_feed["organization"]["id"]}
    for term in ({"taxonomy_term_id": own["id"]}, {"need": own["code"]}, {"taxonomy_id": own["taxonomy_id"]}):
        assert found(client, "/services", **asked, **term) == [of_feed["id"]], term
    counted = client.get("/services", params={**asked, "facets": "term"}).json()["facets"]["term"]
    assert {"value": own["code"], "count": 1} in counted
    assert choices(client, **asked) == {}, "what is ours is no term of a feed"


def test_the_report_says_which_terms_are_ours_and_which_are_not(
    client: Any, agency: Agency, directory: Directory
) -> None:
    own, theirs, unnamed = own_term(client, "legal"), new_id(), new_id()
    by_id = {"id": new_id(), "taxonomy_term_id": own["id"]}
    tier = {"id": new_id(), "link_type": "lidhja-tier", "value": "network", "taxonomy_term_id": new_id()}
    others = [attribute(theirs, "Theirs"), {"id": new_id(), "taxonomy_term_id": unnamed}, {"id": new_id()}, tier]
    told = service(a_word(), [place("AL-tirane")], attributes=[by_id, *others])
    plain = service(a_word(), [place("AL-tirane")])
    job = imported(directory, agency, "\n".join(map(json.dumps, [told, plain])), format="ndjson", country="AL")
    of_id = {row["id"]: row["terms"] for row in job["rows"]}
    assert of_id[told["id"]] == {"known": [own["code"]], "unknown": ["Theirs", unnamed]}
    assert of_id[plain["id"]] == {"known": [], "unknown": []}
    assert of_id[told["organization"]["id"]] == {"known": [], "unknown": []}
    table = f"name,description,kinds of help,languages,place\n{a_word()},Of a table.,{own['name']},sq,everywhere\n"
    (row,) = imported(directory, agency, table, format="csv", organization_id=told["organization"]["id"])["rows"]
    assert row["terms"] == {"known": [own["code"]], "unknown": []}, row
