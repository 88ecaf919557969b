"""Reads everything that is public of an API: each open operation, every page, every id, every parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chassis.connexion_app import OPENAPI_FOLDER, resolve_references

# Values that bring each parameter to bear; what is not named here is left at its default.
VALUES: Mapping[str, tuple[str, ...]] = {
    "search": ("safe house", "lane", "hidden", "Lezhë", "day centre", "pqx0001", "zxq0001hidden"),
    "full": ("true",),
    "minimal": ("true",),
    "full_service": ("true",),
    "format": ("ndjson", "csv", "hsds-package", "hsds-json"),
    "municipality": ("AL-lezhe", "RS-sabac"),
    "serves": ("AL-lezhe", "AL"),
    "near": ("41.78,19.64", "44.75,19.69"),
    "age": ("12",),
    "sort": ("distance", "capacity", "freshness", "name", "relevance"),
    "facets": ("term", "municipality", "language", "sex", "accessibility", "term,municipality"),
    "proximity": ("50000",),
    "postcode": ("PQX0001",),
    "modified_after": ("2020-01-01T00:00:00Z",),
    "country": ("AL",),
    "profile": ("hsds-3.0", "hsds-3.1"),
    "version": ("3.0", "3.1"),
}
# Parameters that say something together alone.
PAIRS = (
    {"municipality": "AL-lezhe", "within_km": "50"},
    {"postcode": "PQX0001", "proximity": "50000"},
    {"near": "41.78,19.64", "within_km": "1000"},
)
_MOST_PAGES = 40


class Crawler:
    """Collects the text of every public answer, asked by GET, or by POST with the criteria in the body."""

    def __init__(self, client: Any, method: str = "GET") -> None:
        self._client = client
        self._method = method
        self._operations = list(open_operations(method.lower()))

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield (what was asked, the answer's text and headers) of everything that can be read without a token."""
        for path, parameters in self._operations:
            if "{" in path:
                continue
            yield from self._pages(path, {})
            for name in parameters:
                for value in VALUES.get(name, ()):
                    yield from self._pages(
                        path, {name: value, **({"near": VALUES["near"][0]} if name == "sort" else {})}
                    )

            for pair in PAIRS:
                if pair.keys() <= set(parameters):
                    yield from self._pages(path, pair)

    def single(self, ids: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
        """Yield the answers of the operations that read one object, for these ids by path."""
        for path, _ in self._operations:
            for one in ids.get(path, []):
                yield self._ask(path.replace("{id}", one), {})

    def _pages(self, path: str, asked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        has_pages = any(name == "per_page" for route, names in self._operations if route == path for name in names)
        if not has_pages or "format" in asked:
            yield self._ask(path, asked)
            return
        for page in range(1, _MOST_PAGES):
            where, text = self._ask(path, {**asked, "page": str(page), "per_page": "100"})
            yield where, text
            if '"empty":true' in text.replace(" ", "") or '"contents":[]' in text.replace(" ", ""):
                return

    def _ask(self, path: str, asked: Mapping[str, str]) -> tuple[str, str]:
        if self._method == "POST":
            answer = self._client.post(path, json={name: _plain(value) for name, value in asked.items()})
        else:
            answer = self._client.get(path, params=dict(asked))
        body = answer.content.decode("utf-8", errors="replace")
        return f"{path} {dict(asked)} {answer.status_code}", f"{body} {answer.headers}"


def _plain(value: str) -> Any:
    """Return a value of the address as JSON has it."""
    return {"true": True}.get(value, int(value) if value.isdecimal() else value)


def open_operations(method: str = "get") -> Iterator[tuple[str, list[str]]]:
    """Yield path and names of query parameters of every reading operation that needs no token."""
    description = resolve_references(OPENAPI_FOLDER / "directory.yaml")
    for path, item in description["paths"].items():
        operation = item.get(method)
        if operation is None or operation.get("security", description.get("security")) != []:
            continue
        given = [*item.get("parameters", []), *operation.get("parameters", [])]
        found = [_followed(description, parameter) for parameter in given]
        yield path, [parameter["name"] for parameter in found if parameter["in"] == "query"]


def _followed(description: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        target: Any = description
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node
