"""Interruptions: our own echo, callers who fall in over it, and callers who only nod."""
