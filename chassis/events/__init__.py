"""Events between services: the envelope, their schemas and the log that carries them."""
