"""What can be done with the directory: one module per use case."""
