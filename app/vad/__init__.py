"""Voice activity detection: when the caller speaks."""
