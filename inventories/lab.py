"""The hosts of the lab that is up on this machine (`python -m lab up --hosts 3`).

LAB names the lab (default: "default"). LAB_USER says who connects: root (default), deployer (sudo
without a password) or asker (sudo asks). A host whose power was cut is listed too, so that a run
reports it. What they should be is in group_data/lab.py.
"""

import os
import sys
from pathlib import Path

from pyinfra.api.exceptions import InventoryError

_ROOT = str(Path(__file__).resolve().parent.parent)
if _ROOT not in sys.path:
    sys.path.append(_ROOT)  # `lab` is found from whatever folder pyinfra is started in

from lab import state  # noqa: E402
from lab.errors import LabError  # noqa: E402
from pyinfra_ollama.settings import Swap  # noqa: E402

_SWAPPINESS = Path("/proc/sys/vm/swappiness")


def _hosts(name: str, user: str) -> list[tuple[str, dict[str, object]]]:
    try:
        found = state.read_alive(name)
        found.check_user(user)
    except LabError as error:
        raise InventoryError(str(error)) from None
    common: dict[str, object] = {
        "ssh_user": user,
        "ssh_port": 22,
        "ssh_key": str(found.key),
        "ssh_known_hosts_file": str(found.known_hosts),
        "ssh_strict_host_key_checking": "yes",
        # Nothing of the person's own ssh set-up has a say.
        "ssh_config_file": os.devnull,
        "ssh_allow_agent": False,
        "ssh_look_for_keys": False,
    }
    if user != "root":
        common["_sudo"] = True
    if user == state.ASKER:
        common["_sudo_password"] = found.sudo_password
    hosts = []
    for host in found.hosts:
        data = {**common, "ssh_hostname": host.address}
        if host.root == "plain":
            # The other roots are overlays, where swap does not work. All hosts share the kernel's
            # list of active swap files, so each has a path of its own; and its swappiness is
            # the machine's, which no host of the lab may write.
            data["swap"] = Swap(
                size="256M",
                path=f"/swapfile-{found.name}-{host.name}",
                swappiness=int(_SWAPPINESS.read_text()),
            )
        hosts.append((host.name, data))
    return hosts


lab = _hosts(os.environ.get("LAB") or "default", os.environ.get("LAB_USER") or "root")
