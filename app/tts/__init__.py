"""Text to speech: clauses out of streaming text, speakable text, and Piper."""
