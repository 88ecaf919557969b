"""The handlers of the HTTP API."""
