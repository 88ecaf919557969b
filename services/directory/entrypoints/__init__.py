"""How the directory is started and asked: API, worker and command line."""
