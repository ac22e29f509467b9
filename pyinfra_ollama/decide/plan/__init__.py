"""What a run would do to one host, foretold by the decisions that its operations make.

Nothing is decided here: what `decide/` says an operation has to do is put into words. So the
operations that a plan names are those that the next run carries out.
"""

from pyinfra_ollama.decide.plan.change import Change, Detail, HostPlan
from pyinfra_ollama.decide.plan.foretell import foretell, refused, texts_to_read

__all__ = ["Change", "Detail", "HostPlan", "foretell", "refused", "texts_to_read"]
