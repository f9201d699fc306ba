"""What `parlor bench` runs: texts, synthetic callers, rooms, scores."""
