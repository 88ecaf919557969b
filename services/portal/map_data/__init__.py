"""The outlines that the finder's map is drawn from, and the script that made them."""
