"""Agencies, accounts, API clients, and the issuer of access tokens."""
