"""Bare machines become verified Ollama servers: a pyinfra deployment and its verifier."""

__version__ = "0.1.0"
