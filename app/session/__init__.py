"""One conversation: who may speak, what was heard, what is remembered."""
