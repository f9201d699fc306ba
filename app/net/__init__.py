"""HTTP and WebSockets: the thin shell around the sessions."""
