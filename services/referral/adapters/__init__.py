"""What ties the use cases to PostgreSQL and to encryption."""
