"""Restaurant dialogues made by code: what a caller says, what the waiter should answer, and whether it did."""
