"""What a person may write: operations of their own between those of this package.

$DAMAGE says how the unit's file is changed there, by ways that pyinfra knows of and others.
"""

import os
import subprocess
from io import StringIO

from pyinfra import host
from pyinfra.operations import files, python, server

from pyinfra_ollama import layout
from pyinfra_ollama.declared import declaration
from tasks.preflight import preflight
from tasks.service import service
from tasks.swap import swap

APPEND = f"echo '# by hand' >>{layout.UNIT_FILE}"
declared = declaration()
settings = declared.server


def by_command():
    host.run_shell_command(APPEND)


def by_upload():
    host.put_file(StringIO("[Service]\n"), layout.UNIT_FILE)


def unseen():
    """By a way that pyinfra cannot see, between two operations that are called right here."""
    service(settings)
    ssh = ["ssh", "-F", "/dev/null", "-i", host.data.ssh_key, "-o", "BatchMode=yes"]
    known = f"UserKnownHostsFile={host.data.ssh_known_hosts_file}"
    subprocess.run([*ssh, "-o", known, f"root@{host.data.ssh_hostname}", APPEND], check=True)
    service(settings)


DAMAGES = {
    "put": lambda: files.put(name="put", src=StringIO("[Service]\n"), dest=layout.UNIT_FILE),
    "line": lambda: files.line(name="line", path=layout.UNIT_FILE, line="# by hand"),
    "shell": lambda: server.shell(name="shell", commands=[APPEND]),
    "absent": lambda: files.file(name="absent", path=layout.UNIT_FILE, present=False),
    "function": lambda: python.call(name="function", function=by_command),
    "function that uploads": lambda: python.call(name="upload", function=by_upload),
    "unseen": lambda: python.call(name="unseen", function=unseen),
}

if preflight(declared):
    swap(settings)
    DAMAGES[os.environ["DAMAGE"]]()
    if os.environ["DAMAGE"] != "unseen":
        service(settings)
