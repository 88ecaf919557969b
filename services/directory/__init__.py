"""Which services there are, where, for whom, and whether they have room."""
