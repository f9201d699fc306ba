"""An order of engines: what cannot be loaded, or keeps failing, gives way to the next."""
