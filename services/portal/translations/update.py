"""Brings the catalogs into step with the pages: ``python -m services.portal.translations.update``."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from services.portal.languages import LANGUAGES

_PORTAL = Path(__file__).parents[1]
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_OPTIONS = {"templates/**.html": {"trimmed": "true"}}
_KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
CATALOGS = {catalog: locale for _, locale, catalog in reversed(LANGUAGES.values()) if catalog}
# Editors ask it which forms a text has that counts something.
_HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plural_forms}\\n"

"""


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
    """Return the texts that a catalog does not translate; of a text that counts something all forms are needed."""
    kept = catalog_of(name)
    return [str(text.id) for text in messages() if text.id and not _is_translated(kept.get(text.id))]


def _is_translated(kept: Message | None) -> bool:
    said = (kept.string if kept else None) or ""
    return bool(said) if isinstance(said, str) else all(said)


def brought_into_step(name: str) -> Catalog:
    """Return a catalog with the new texts added and those dropped that no page uses."""
    catalog = catalog_of(name)
    catalog.update(messages(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return the file of a catalog; its header is short, so that it changes only when the language does."""
    file = io.BytesIO()
    write_po(file, catalog, no_location=True, omit_header=True, sort_output=False, width=120)
    return _HEADER.format(plural_forms=catalog.plural_forms).encode() + file.getvalue()


def main() -> None:
    """Bring every catalog into step, and say what still wants translating."""
    for name in sorted(CATALOGS):
        (_PORTAL / "translations" / f"{name}.po").write_bytes(written(brought_into_step(name)))
        sys.stdout.write(f"{name}: {len(missing(name))} texts to translate\n")


if __name__ == "__main__":
    main()
