"""What each word after `parlor bench` does: every module has `add_parser` and `run`."""
