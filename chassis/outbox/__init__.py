"""The outbox: events written with the change that caused them, and the relay that publishes them."""
