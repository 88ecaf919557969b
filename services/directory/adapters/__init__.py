"""How the directory is kept in PostgreSQL and found again."""
