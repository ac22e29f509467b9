"""A staging host: smaller, and reached as a user with sudo. See prod.py for the details."""

from pathlib import Path

_known_hosts = Path(__file__).resolve().with_name("staging.known_hosts")

staging = (
    ["llm-staging.example.com"],
    {
        "ssh_user": "deploy",
        "ssh_known_hosts_file": str(_known_hosts),
        "ssh_strict_host_key_checking": "yes",
    },
)
