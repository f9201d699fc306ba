"""The protocol: messages, their encoding and their legal order (docs/wire.md)."""
