"""Synthetic callers: voices with exact times of their words, rooms, noise."""
