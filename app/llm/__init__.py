"""The language model: prompts, sequences and the thread that decodes them."""
