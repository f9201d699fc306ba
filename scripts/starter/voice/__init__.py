"""The starter voice: a small network that learns a Debian synthesiser's speech, in Piper's format."""
