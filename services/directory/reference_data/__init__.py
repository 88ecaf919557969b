"""Reference data of the directory: places and the taxonomy, as files that the loader reads."""
