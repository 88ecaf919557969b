"""Ties to the world outside: database, mail server, partners' systems, identity."""
