"""The doors into the service: HTTP, worker, command line."""
