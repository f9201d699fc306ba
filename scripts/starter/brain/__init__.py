"""Makes the starter brain: a small language model that takes orders."""
