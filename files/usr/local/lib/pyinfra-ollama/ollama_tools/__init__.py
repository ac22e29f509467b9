"""What a host looks after itself with: `ollama-health`, `ollama-monitor`, `ollama-benchmark`.

Python's standard library only (3.10 of Ubuntu 22.04 and later); knows nothing of pyinfra.
Everything that is declared comes from one configuration file, see `config`.
"""
