"""The event log on PostgreSQL alone, for an installation that runs no broker."""
