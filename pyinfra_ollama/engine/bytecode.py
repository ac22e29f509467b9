"""Python may keep what it compiled of this package, as it does without pyinfra.

pyinfra's command line forbids it to spare folders of deploy files, which it compiles by itself
anyway. A checkout of this package would be compiled anew by every run: 0.2 s.
"""

from __future__ import annotations

import sys

sys.dont_write_bytecode = bool(sys.flags.dont_write_bytecode)
