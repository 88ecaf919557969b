"""How identity reaches the database, passwords and keys."""
