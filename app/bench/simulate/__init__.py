"""Conversations in virtual time: the real session between scripted engines and scripted callers, and what must hold."""
