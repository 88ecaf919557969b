"""The complete tree of administrative units."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"

_UP = (
    "ALTER TABLE municipality ADD COLUMN rank integer NOT NULL DEFAULT 4",
    "ALTER TABLE municipality ALTER COLUMN rank DROP DEFAULT",
    "ALTER TABLE municipality ADD COLUMN official_codes jsonb NOT NULL DEFAULT '{}'",
    "ALTER TABLE municipality ALTER COLUMN official_codes DROP DEFAULT",
    "ALTER TABLE municipality ADD COLUMN is_retired boolean NOT NULL DEFAULT false",
    "ALTER TABLE municipality ALTER COLUMN is_retired DROP DEFAULT",
    "CREATE INDEX ix_municipality_country ON municipality (country)",
    """
    CREATE TABLE municipality_word (
        word text NOT NULL,
        code text NOT NULL REFERENCES municipality (code),
        PRIMARY KEY (word, code)
    )
    """,
    "CREATE INDEX ix_municipality_word_beginning ON municipality_word (word text_pattern_ops)",
    "CREATE INDEX ix_municipality_word_code ON municipality_word (code)",
    "INSERT INTO municipality_word SELECT DISTINCT unnest(spellings), code FROM municipality",
)
_DOWN = (
    "DROP TABLE municipality_word",
    "DROP INDEX ix_municipality_country",
    "ALTER TABLE municipality DROP COLUMN is_retired, DROP COLUMN official_codes, DROP COLUMN rank",
)


def upgrade() -> None:
    """Add it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Take it away; what it holds is lost."""
    for statement in _DOWN:
        op.execute(statement)
