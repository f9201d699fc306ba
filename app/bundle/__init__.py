"""One archive that installs Parlor on a machine without a network."""
