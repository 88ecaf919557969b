"""The ways into the service: API, worker and command line."""
