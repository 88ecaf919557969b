"""What starts the portal."""
