"""Shared machinery of the services, free of any domain word."""
