"""Brings the catalogs into step with the pages: ``python -m services.portal.translations.update``."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from services.portal.languages import LANGUAGES

_PORTAL = Path(__file__).parents[1]
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_OPTIONS = {"templates/**.html": {"trimmed": "true"}}
_KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
CATALOGS = {catalog: locale for _, locale, catalog in reversed(LANGUAGES.values()) if catalog}


def messages() -> Catalog:
    """Return every text of the pages."""
    found = Catalog(charset="utf-8")
    extracted = extract_from_dir(str(_PORTAL), method_map=_METHODS, options_map=_OPTIONS, keywords=_KEYWORDS)
    for _file, _line, message, _comments, _context in sorted(extracted, key=lambda entry: entry[:2]):
        found.add(message)
    return found


def catalog_of(name: str) -> Catalog:
    """Return a catalog as it is kept; an absent one is empty."""
    path = _PORTAL / "translations" / f"{name}.po"
    if not path.exists():
        return Catalog(locale=CATALOGS[name], charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=CATALOGS[name])


def missing(name: str) -> list[str]:
    """Return the texts that a catalog does not translate."""
    kept = catalog_of(name)
    return [str(text.id) for text in messages() if text.id and not (kept.get(text.id) and kept[text.id].string)]


def main() -> None:
    """Add new texts to every catalog, drop those that no page uses, and say what still wants translating."""
    wanted = messages()
    for name in sorted(CATALOGS):
        catalog = catalog_of(name)
        catalog.update(wanted, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with (_PORTAL / "translations" / f"{name}.po").open("wb") as file:
            write_po(file, catalog, no_location=True, omit_header=True, sort_output=False, width=120)
        sys.stdout.write(f"{name}: {len(missing(name))} texts to translate\n")


if __name__ == "__main__":
    main()
