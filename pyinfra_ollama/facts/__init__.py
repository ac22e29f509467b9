"""Read-only questions to a host."""
