"""Callers that talk to a Parlor server."""
