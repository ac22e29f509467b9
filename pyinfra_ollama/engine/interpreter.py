"""How Python itself goes about a run, which makes many objects, keeps most, and ends in seconds.

What it compiled of this package may be kept, as it is without pyinfra, whose command line forbids
it to spare the folders of deploy files. Garbage is looked for seldom, and no more at the end: each
search walks through all modules and objects of a run and finds next to nothing.
"""

from __future__ import annotations

import atexit
import gc
import sys

# Made and not yet freed objects between two searches; Python's own is 700.
SEARCH_EVERY = 100_000

sys.dont_write_bytecode = bool(sys.flags.dont_write_bytecode)
gc.set_threshold(SEARCH_EVERY)
# What is frozen is left out of the search with which the interpreter ends.
atexit.register(gc.freeze)
