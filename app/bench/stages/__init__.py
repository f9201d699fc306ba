"""Every stage measured alone, whole conversations, and many of them at once."""
