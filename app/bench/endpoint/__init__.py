"""When a turn is found to be over, on callers who pause: rules for the wait against each other."""
