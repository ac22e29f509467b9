"""Tests on real hosts with the real server."""
