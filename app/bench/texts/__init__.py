"""Sentences that callers say, made from templates."""
