"""What identity does for its callers, one use case after the other."""
