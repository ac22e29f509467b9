"""Decisions: settings and a snapshot in, what to do out. No pyinfra, no host."""
