"""Read by pyinfra before the inventory: keeps passwords out of all that it prints and runs.

Settings of pyinfra's own may stand here too: `from pyinfra import config; config.DIFF = True`.
"""

import pyinfra_ollama.engine  # noqa: F401
