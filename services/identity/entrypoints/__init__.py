"""How identity is reached: web, worker, command line."""
