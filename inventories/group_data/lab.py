"""What the lab's hosts should be: as in production, but releases and models come from the lab.

LAB_VERSION asks for another server version that the lab has (0.32.15). pyinfra reads this file
for every inventory, so without a lab it declares nothing.
"""

import os
import sys
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parent.parent.parent)
if _ROOT not in sys.path:
    sys.path.append(_ROOT)  # `lab` is found from whatever folder pyinfra is started in

from pyinfra_ollama.settings import Model, Ollama, Packages, Release, Verify  # noqa: E402

try:
    from lab import state as _state
    from lab.errors import LabError as _LabError
except ImportError:  # a copy without the folder lab/ still deploys to other hosts
    _lab = None
else:
    try:
        _lab = _state.read_alive(os.environ.get("LAB") or "default")
    except _LabError:
        _lab = None

__all__ = []
if _lab:
    __all__ = ["ollama", "packages", "release", "verify"]

    ollama = Ollama(
        version=os.environ.get("LAB_VERSION") or "0.33.0",
        models=[
            Model(f"{_lab.registry}/library/smollm2:135m", insecure=True),
            Model(f"{_lab.registry}/library/all-minilm:22m", role="embedding", insecure=True),
        ],
    )
    release = Release(url=f"{_lab.mirror_url}/{{version}}/{{archive}}")

    # Few, since every bare host fetches and unpacks them.
    packages = Packages(tools=["lsof"])

    # Two hosts that generate at once on a small machine slow each other a hundredfold.
    verify = Verify(parallel_loads=1, max_tokens=8, min_free_disk="512M")
