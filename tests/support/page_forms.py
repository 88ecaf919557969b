"""Reads what a browser would send for the form of a page that nobody has touched."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from werkzeug.datastructures import MultiDict


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: MultiDict[str, str] = MultiDict()
        self._text: str | None = None
        self._select: str | None = None
        self._written = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "form":
            self._inside = "/sign-out" not in (given.get("action") or "")
        if not self._inside:
            return
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields.add(name, value)
        elif tag == "textarea":
            self._text, self._written = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.fields.add(self._select, value)

    def handle_data(self, data: str) -> None:
        self._written += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text:
            self.fields.add(self._text, self._written)
            self._text = None


def fields_of_form(page: str) -> MultiDict[str, str]:
    """Return the fields of all forms of a page but that for signing out, which makes sense where there is one."""
    reader = _Fields()
    reader.feed(page)
    return reader.fields
