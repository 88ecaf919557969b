"""Benchmarks: each beside its limit, measured in the same run; `make bench` starts them."""
