"""What an organization, a listing, a place and a capacity are, and the rules they keep."""
