"""What the doctor thinks of what it saw: facts in, findings out. Pure."""
