"""The end of a certificate, read off its DER and off a handshake."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from pathlib import Path

import pytest

from ollama_exporter.certificate import Certificate, ends
from ollama_exporter.text import render
from tests.unit.settings.gateways import certificate

SOON = datetime.datetime(2031, 5, 6, 7, 8, 9, tzinfo=datetime.UTC)
LATE = datetime.datetime(2061, 5, 6, 7, 8, 9, tzinfo=datetime.UTC)


@pytest.mark.parametrize("moment", [SOON, LATE], ids=["two digits", "four digits"])
def test_both_forms_of_its_end_are_read(tmp_path: Path, moment: datetime.datetime) -> None:
    made = certificate(tmp_path, "a.example.com", ends=moment)
    der = ssl.PEM_cert_to_DER_cert(Path(str(made["certificate"])).read_text())
    assert ends(der) == int(moment.timestamp())


@pytest.mark.parametrize("der", [b"", b"0", b"\x30\x80", b"\x30\x03\x30\x01\x00", b"\x02\x01\x00"])
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut off|not a"):
        ends(der)


def test_it_is_read_off_a_handshake_and_looked_at_again_when_it_failed(tmp_path: Path) -> None:
    certificate(tmp_path, "a.example.com", ends=SOON)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own.pem", tmp_path / "own.key")

    with socket.create_server(("127.0.0.1", 0)) as plain:
        looked = Certificate(plain.getsockname()[:2])

        def serve() -> None:
            first, _ = plain.accept()
            first.close()
            second, _ = plain.accept()
            with context.wrap_socket(second, server_side=True):
                pass

        thread = threading.Thread(target=serve)
        thread.start()
        failed = render(looked.families())
        found = render(looked.families())
        thread.join()
        # Kept, so no handshake is made: the kernel takes the connection.
        assert render(looked.families()) == found
    assert "ollama_gateway_tls_up 0\n" in failed
    assert f"expires_timestamp_seconds {int(SOON.timestamp())}\n" in found
    # Nobody listens any more, which is told at once.
    assert "ollama_gateway_tls_up 0\n" in render(looked.families())
