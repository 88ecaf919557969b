"""Fakes and conformance suites; production code never imports this package."""
