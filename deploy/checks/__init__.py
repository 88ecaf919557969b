"""Holds the checks that need no running system: style, types, dependency rules, documents, pins."""
