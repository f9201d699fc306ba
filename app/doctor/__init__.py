"""`parlor doctor`: what this machine can do, what is wrong, and what mends it."""
