"""The production hosts. Edit the names; what each host should be is in group_data/prod.py.

    pyinfra inventories/prod.py deploy.py --dry
    pyinfra inventories/prod.py deploy.py
    pyinfra-ollama verify inventories/prod.py

Host keys are checked, so each host needs a line in prod.known_hosts beside this file before the
first run; that file says how.
"""

from pathlib import Path

_known_hosts = Path(__file__).resolve().with_name("prod.known_hosts")

prod = (
    [
        # One entry per host: its DNS name, or a name of your choice with the address as its data:
        # write ("llm-2", {"ssh_hostname": "203.0.113.7"}) for the second kind.
        "llm.example.com",
    ],
    {
        # With a user other than root, also set `_sudo = True` in group_data/prod.py.
        "ssh_user": "root",
        "ssh_known_hosts_file": str(_known_hosts),
        # Refuses hosts whose key is unknown or has changed.
        "ssh_strict_host_key_checking": "yes",
    },
)
