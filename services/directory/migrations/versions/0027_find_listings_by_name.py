"""An agency's listings are found by the words of their names in an index; before, all of their names were read."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"

# Letter by letter, in the two ways in which words are written in plain Latin.
_LETTERS = "абвгдезијклмнопрстћуфъыэѐѝєґðłıø", "abvgdezijklmnoprstcufaieeiegdlio"
_ALIKE = {"љ": "lj", "њ": "nj", "ѕ": "dz", "ь": "", "ß": "ss", "æ": "ae"}
_WAYS = (
    {"ђ": "d", "ж": "z", "х": "h", "ц": "c", "ч": "c", "ш": "s", "щ": "st", "џ": "dz", "ѓ": "g", "ќ": "k", "đ": "d"}
    | {"й": "j", "ю": "ju", "я": "ja"},
    {"ђ": "dj", "ж": "zh", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "џ": "dzh", "ѓ": "gj", "ќ": "kj"}
    | {"đ": "dj", "й": "y", "ю": "yu", "я": "ya"},
)
_SAID = """concat_ws(' ', name, alternate_name, jsonb_path_query_array(
    translations, '$[*] ? (@.field == "name" || @.field == "alternate_name").text'))"""


def upgrade() -> None:
    """Add the words of all names and their index.

    The table is written once as a whole: to change each of its rows would leave as many dead ones behind. Some ten
    seconds for 100,000 listings.
    """
    op.execute("SET LOCAL statement_timeout = '30min'")
    # The version before this one writes rows without them.
    op.execute("ALTER TABLE listing ADD COLUMN name_words tsvector NOT NULL DEFAULT ''")
    written = " || ' ' || ".join(_written(way) for way in _WAYS)
    words = f"array_remove(regexp_split_to_array({written}, '[\\W_]+'), '')"
    op.execute(f"ALTER TABLE listing ALTER COLUMN name_words TYPE tsvector USING array_to_tsvector({words})")
    op.execute("CREATE INDEX ix_listing_name_words ON listing USING gin (name_words)")


def downgrade() -> None:
    """Take them away."""
    op.execute("ALTER TABLE listing DROP COLUMN name_words")


def _written(way: dict[str, str]) -> str:
    said = f"translate(lower(normalize({_SAID})), '{_LETTERS[0]}', '{_LETTERS[1]}')"
    for letter, plain in (_ALIKE | way).items():
        said = f"replace({said}, '{letter}', '{plain}')"
    return f"regexp_replace(normalize({said}, NFKD), '[\u0300-\u036f]', '', 'g')"
