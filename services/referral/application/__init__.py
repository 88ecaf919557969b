"""The use cases, one per module."""
