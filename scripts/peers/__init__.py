"""Parlor beside another voice stack: the same callers, the same models, one clock."""
