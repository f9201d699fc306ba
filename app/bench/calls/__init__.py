"""What callers say in a conversation and how: turns, thinking pauses, interruptions, backchannels."""
