"""`pyinfra-ollama uninstall`: says what would go, asks, then takes it away.

docs/uninstall.md says what is taken away and what stays.
"""
