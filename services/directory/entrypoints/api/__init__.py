"""Handlers of the directory API, one function per operation."""
