"""Models on disk: what there is, how it gets here, and whether it is still what it was."""
