"""What people fill in: reads the fields of each form into what an API takes, and says plainly what is missing."""
