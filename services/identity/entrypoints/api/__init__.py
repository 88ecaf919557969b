"""Handlers of the operations in `openapi/identity.yaml`."""
