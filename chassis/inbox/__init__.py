"""The inbox: every event takes effect once, in order per key, whatever the broker repeats or loses."""
