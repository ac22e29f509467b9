"""A small model on a machine of 4 GB: enough to try a new version before production gets it."""

from pyinfra_ollama.settings import Model, Ollama, Swap

ollama = Ollama(models=[Model("llama3.2:1b")])

swap = Swap(size="2G")

# The user of staging.py becomes root by sudo without a password.
_sudo = True
