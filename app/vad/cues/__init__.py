"""What the words say about the end of a turn."""
