"""Shell that runs on hosts, as files: read by `pyinfra_ollama.commands.script`."""
