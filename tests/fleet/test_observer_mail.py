"""Alerts by e-mail: a real Alertmanager, a mail server that asks for TLS and a login."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyinfra_ollama.settings import Secret
from tests.fleet.harness import Fleet, wait_until
from tests.fleet.observed import OBSERVER, QUICK, SOON

pytestmark = pytest.mark.slow

PASSWORD = "canary-mail-password"
os.environ["ALERT_MAIL_PASSWORD"] = PASSWORD
PORT, FOLDER = 2587, "/srv/mail"
# Takes mail of whoever knows the login, after STARTTLS only, and keeps it.
SERVER = f"""
import ssl, time
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from aiosmtpd.smtp import AuthResult
class Keep(Message):
    def handle_message(self, message):
        with open("{FOLDER}/told", "a") as file:
            file.write(message.as_string() + chr(10))
def known(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"alerts", b"{PASSWORD}"))
tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
tls.load_cert_chain("{FOLDER}/mail.pem", "{FOLDER}/mail.key")
options = dict(tls_context=tls, require_starttls=True, authenticator=known, auth_required=True)
# aiosmtpd asks in its own words for LOGIN, which Alertmanager does not know.
options["auth_exclude_mechanism"] = ["LOGIN"]
Controller(Keep(), "127.0.0.1", {PORT}, **options).start()
time.sleep(3600)
"""
# Alertmanager trusts what the machine trusts, and reads that when it starts.
SETUP = f"""
set -eu
mkdir -p {FOLDER} && cd {FOLDER}
{{ apt-get update -q && DEBIAN_FRONTEND=noninteractive \
   apt-get install -yq --no-install-recommends python3-aiosmtpd openssl; }} >apt.log 2>&1 </dev/null
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mail \
  -addext "subjectAltName=DNS:localhost" -keyout mail.key -out mail.pem 2>/dev/null
cp mail.pem /usr/local/share/ca-certificates/mail.crt
update-ca-certificates >/dev/null
systemd-run -q --unit=mail python3 -c {shlex.quote(SERVER)}
"""


@pytest.fixture(scope="module")
def inventory(fleet: Fleet) -> Iterator[Path]:
    """A host that observes itself, and a mail server there before it does."""
    fleet.reset(OBSERVER)
    fleet.sh(OBSERVER, SETUP)
    mail = {
        "to": "ops@example.com",
        "sender": "alerts@example.com",
        "server": f"localhost:{PORT}",
        "user": "alerts",
        "password": Secret.env("ALERT_MAIL_PASSWORD"),
    }
    receiver = {"email": mail, "wait_seconds": 1, "update_seconds": 1}
    observer = {"scrape_seconds": 5, "alerts": QUICK["alerts"], "receiver": receiver}
    made = fleet.inventory(
        OBSERVER, each={OBSERVER: {"ollama": None}}, observer=observer, metrics={}
    )
    ran = fleet.apply(made)
    assert PASSWORD not in ran.text
    yield made
    # Another module's observer begins on a bare host.
    fleet.reset(OBSERVER)


def told(fleet: Fleet) -> str:
    """All mail that came."""
    return fleet.sh(OBSERVER, f"cat {FOLDER}/told 2>/dev/null || true")


def test_people_are_told_and_told_that_it_is_over(fleet: Fleet, inventory: Path) -> None:
    unit = "prometheus-node-exporter"
    fleet.sh(OBSERVER, f"systemctl stop {unit}")
    wait_until("mail of the alert comes", lambda: "Subject: [FIRING:1] " in told(fleet), SOON)
    assert "OllamaExporterDown" in told(fleet)
    assert "To: ops@example.com" in told(fleet)
    fleet.sh(OBSERVER, f"systemctl start {unit}")
    wait_until("mail of its end comes", lambda: "Subject: [RESOLVED] " in told(fleet), SOON)
    assert PASSWORD not in fleet.sh(OBSERVER, "journalctl -u prometheus-alertmanager --no-pager")


def test_mail_that_is_refused_is_told_of(fleet: Fleet, inventory: Path) -> None:
    """On Alertmanager's page, since nothing else gets out."""
    fleet.sh(OBSERVER, "systemctl stop mail prometheus-node-exporter")
    page = "curl --fail -sS 'http://127.0.0.1:9093/api/v2/alerts?active=true'"
    wait_until(
        "OllamaAlertsUndelivered stands there",
        lambda: "OllamaAlertsUndelivered" in fleet.sh(OBSERVER, page),
        SOON,
    )
    fleet.sh(OBSERVER, "systemctl start prometheus-node-exporter")
