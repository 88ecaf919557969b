"""Runs the whole system on one machine that has nothing but Python."""
