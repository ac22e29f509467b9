"""A host that others keep their backups on: by SSH, in a bucket of S3, on a REST server."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import objects
from pyinfra_ollama.settings import Secret
from tests.fleet.harness import Fleet, wait_until

FOLDER = "/srv/vault"
USER = "keeper"
S3_PORT, REST_PORT = 7070, 8000
# Made up here and known nowhere else; inventories name the variables.
CANARIES = {
    "BACKUP_PASSWORD": "canary-backup-password-7Q",
    "BACKUP_S3_ID": "CANARYS3KEYID7Q",
    "BACKUP_S3_SECRET": "canary-s3-secret-7Q",
    "BACKUP_REST_PASSWORD": "canary:rest@password/7Q",
}
os.environ.update(CANARIES)
SETUP = f"""\
set -eu
mkdir -p {FOLDER}/s3 {FOLDER}/rest && cd {FOLDER}
id {USER} >/dev/null 2>&1 || useradd --create-home {USER}
install -d -o {USER} -m 700 /home/{USER}/.ssh
cat >/home/{USER}/.ssh/authorized_keys
chown {USER} /home/{USER}/.ssh/authorized_keys
{{ command -v rclone && command -v curl; }} >/dev/null || {{
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends curl openssl rclone
}} >apt.log 2>&1 </dev/null
[ -e key.pem ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \\
  -subj /CN=vault -addext "subjectAltName=IP:$1" -keyout key.pem -out https.pem 2>/dev/null
[ -x {objects.PROGRAM} ] || curl -fsS -o {objects.PROGRAM} "$2"
chmod 755 {objects.PROGRAM}
"""


@dataclass(frozen=True)
class Vault:
    """`folder` is where keys and certificates are kept on this machine."""

    fleet: Fleet
    host: str
    folder: Path

    @property
    def address(self) -> str:
        """Where it is."""
        return self.fleet.lab.host(self.host).address

    @property
    def sftp(self) -> dict[str, Any]:
        """By SSH, as an ordinary user; the repository is /home/keeper/kept/HOST."""
        key = "ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key"
        return {
            "server": self.address,
            "user": USER,
            "path": "kept/{host}",
            "key": Secret.file(str(self.folder / "key")),
            "host_keys": [" ".join(self.fleet.sh(self.host, key).split()[:2])],
        }

    @property
    def s3(self) -> dict[str, Any]:
        """In a bucket; FOLDER/s3/kept/HOST."""
        return {
            "url": f"http://{self.address}:{S3_PORT}/kept/{{host}}",
            "key_id": Secret.env("BACKUP_S3_ID"),
            "secret_key": Secret.env("BACKUP_S3_SECRET"),
        }

    @property
    def rest(self) -> dict[str, Any]:
        """On a REST server by HTTPS; FOLDER/rest/HOST."""
        return {
            "url": f"https://{self.address}:{REST_PORT}/{{host}}",
            "user": USER,
            "password": Secret.env("BACKUP_REST_PASSWORD"),
            "authority": str(self.folder / "https.pem"),
        }

    def serve(self, *, append_only: bool = False) -> None:
        """Have S3 and REST answer; with `append_only`, what is on the latter stays."""
        rest = f"RCLONE_PASS={CANARIES['BACKUP_REST_PASSWORD']}"
        only = "--append-only" if append_only else ""
        self._run(
            "vault-rest",
            rest,
            f"rclone serve restic --addr :{REST_PORT} --user {USER} {only} "
            f"--cert https.pem --key key.pem {FOLDER}/rest",
        )
        names = {"ROOT_ACCESS_KEY": "BACKUP_S3_ID", "ROOT_SECRET_KEY": "BACKUP_S3_SECRET"}
        given = " ".join(f"{name}={CANARIES[value]}" for name, value in names.items())
        self._run(
            "vault-s3",
            given,
            f"{FOLDER}/{objects.PROGRAM} --port :{S3_PORT} posix --nometa {FOLDER}/s3",
        )
        wait_until("S3 and REST answer", self._answers)

    def _run(self, unit: str, environment: str, command: str) -> None:
        given = " ".join(f"-E {one}" for one in environment.split())
        self.fleet.sh(
            self.host,
            f"cd {FOLDER}; systemctl stop {unit} 2>/dev/null; "
            f"systemd-run -q --collect --same-dir --unit={unit} {given} {command}",
        )

    def _answers(self) -> bool:
        look = f"ss -Hltn 'sport = :{S3_PORT} or sport = :{REST_PORT}' | wc -l"
        return self.fleet.sh(self.host, look) == "2"


def made(fleet: Fleet, host: str, folder: Path) -> Vault:
    """A vault on a host, which serves."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "backup", "-f"]
    key = folder / "key"
    if not key.exists():
        subprocess.run([*words, str(key)], check=True)
    vault = Vault(fleet, host, folder)
    program = f"{fleet.lab.mirror_url}/{objects.server()}"
    setup = (
        f"cat >/root/vault.sh <<'END'\n{SETUP}\nEND\nsh /root/vault.sh {vault.address} {program}"
    )
    fleet.sh(host, setup, stdin=key.with_suffix(".pub").read_text(), timeout=300)
    (folder / "https.pem").write_text(fleet.sh(host, f"cat {FOLDER}/https.pem"))
    vault.serve()
    return vault
