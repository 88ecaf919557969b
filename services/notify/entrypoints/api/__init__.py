"""Handlers of the HTTP API, one function per operation."""
