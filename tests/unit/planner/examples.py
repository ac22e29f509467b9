"""A report of five hosts: two of them alike, one as declared, one refused, one not reached."""

from __future__ import annotations

from pyinfra_ollama.decide.files import FileChange
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.decide.plan import Change, HostPlan
from pyinfra_ollama.planner.results import HostReport, Report
from pyinfra_ollama.steps import Step

UNIT = "/etc/systemd/system/ollama.service"
SECRETS = "/etc/pyinfra-ollama/ollama.env"
CHANGED = HostPlan(
    (
        Change(Step.PACKAGES, "install", "curl, zstd", details={"packages": ("curl", "zstd")}),
        Change(
            Step.UNIT,
            "modify",
            UNIT,
            file=FileChange(
                UNIT,
                "modify",
                "600 root:root",
                "644 root:root",
                ("@@ -1,2 +1,2 @@", " [Service]", "-User=me", "+User=ollama"),
            ),
        ),
        Change(
            Step.UNIT,
            "create",
            SECRETS,
            file=FileChange(SECRETS, "create", None, "600 root:root", hidden=True),
        ),
        Change(
            Step.SERVICE,
            "restart",
            "ollama.service",
            "0.32.15 -> 0.33.0",
            why=("the running program is /opt/ollama/releases/0.32.15/bin/ollama",),
            details={"restart": True},
        ),
        Change(Step.MODELS, "pull", "llama3.2:1b", "1.2 GiB", details={"size_bytes": 1321098329}),
    ),
    (Finding("warning", "gpu", "amd without its driver", "install the vendor's driver"),),
)
REFUSED = HostPlan((), (Finding("failure", "port", "11434 is held by nginx (pid 7)", "stop it"),))

HOSTS = (
    HostReport("web1", CHANGED, 0.41),
    HostReport("web2", HostPlan(()), 0.3),
    HostReport("web3", CHANGED, 0.5),
    HostReport("db1", REFUSED, 0.2),
    HostReport("db2", None, 10.0, "Could not connect (timed out)"),
)
REPORT = Report("inventories/prod.py", "2026-11-20T10:00:00+00:00", 10.04, HOSTS)


def report(*hosts: HostReport) -> Report:
    """A report of these hosts."""
    return Report("inventories/prod.py", "2026-11-20T10:00:00+00:00", 1.0, hosts)
