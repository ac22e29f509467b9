"""A host looks after itself: what is mended, what is left alone, who is told of it.

But for one test the timer's turn comes once an hour, and looks are had by starting its service.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fleet import watched
from tests.fleet.damages import ANSWERS, MODELS
from tests.fleet.harness import Fleet, wait_until
from tests.fleet.watched import DROP_IN, LOG, Watched, hooked, look, messages

pytestmark = pytest.mark.slow

HOST = "host1"
HANGS = "it runs, but there is no answer from port 11434 within 1 s; restarted, and it answers"


@pytest.fixture(scope="module")
def host(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """One that looks after itself, now seldom."""
    return watched.have(fleet, HOST, tmp_path_factory.mktemp("hook"))


@pytest.fixture(autouse=True)
def begun(fleet: Fleet, host: Watched) -> Iterator[None]:
    """Nothing remembered, nobody told, the server up."""
    watched.begin(fleet, HOST)
    yield
    fleet.sh(HOST, f"rm -f {DROP_IN}; systemctl daemon-reload; systemctl reset-failed ollama")


def state(fleet: Fleet) -> str:
    return fleet.sh(HOST, "systemctl show ollama -p ActiveState --value")


def test_a_server_that_hangs_is_restarted_in_one_turn_of_the_timer(
    fleet: Fleet, host: Watched
) -> None:
    assert [line for line in host.log if not line.startswith("OK (")] == [
        f"ACTION: ollama.service: {HANGS}",
        "told by command: what was done",
        "told by webhook: what was done",
    ]
    (said,) = host.told
    assert (said["host"], said["status"]) == (HOST, "recovered")
    assert said["actions"] == [f"ollama.service: {HANGS}"]
    assert host.hooked == [said]
    everything = f"cat {LOG} /run/pyinfra-ollama-monitor/*; journalctl -u ollama-monitor; ps -ef"
    fleet.sh(HOST, "systemctl start ollama-monitor")
    assert watched.CANARY not in fleet.sh(HOST, everything)


def test_a_killed_server_is_left_to_systemd_and_noticed(fleet: Fleet) -> None:
    look(fleet, HOST)
    fleet.sh(HOST, f"kill -9 {fleet.pid(HOST)}; sleep 1")
    # The first of these looks finds systemd waiting its three seconds.
    written = look(fleet, HOST)[1:]
    assert fleet.version(HOST)
    assert written[0].startswith("OK (")
    note = "ollama.service: it ended and systemd started it anew once since the last look"
    assert f"NOTE: {note}" in written
    assert [one["actions"] for one in messages(fleet, HOST)] == [[note]]
    assert not any("ACTION" in line for line in written)


def test_a_server_that_a_person_stopped_stays_so(fleet: Fleet) -> None:
    fleet.sh(HOST, "systemctl stop ollama")
    for _ in range(2):
        assert any("it was stopped, or ended well" in line for line in look(fleet, HOST))
    assert fleet.pid(HOST) == "0"
    (said,) = messages(fleet, HOST)
    assert said["problems"] == {
        "ollama": "ollama is inactive (dead): it was stopped, or ended well"
    }
    fleet.sh(HOST, f"systemctl start ollama && {ANSWERS}")
    look(fleet, HOST)
    assert [one["recovered"] for one in messages(fleet, HOST)] == [[], ["ollama"]]


def test_one_that_fails_in_a_loop_is_left_alone(fleet: Fleet) -> None:
    watched.drop_in(fleet, HOST, "ExecStart=", "ExecStart=/bin/false", "RestartSec=100ms")
    fleet.ssh(HOST, "systemctl restart ollama")
    wait_until("systemd gave up", lambda: state(fleet) == "failed", 60)
    written = look(fleet, HOST)
    assert state(fleet) == "failed"
    assert "it failed in a loop and systemd gave up" in written[0]
    assert not any("ACTION" in line for line in written)
    assert "ollama" in messages(fleet, HOST)[0]["problems"]


def test_one_that_listens_elsewhere_is_left_alone(fleet: Fleet) -> None:
    watched.drop_in(fleet, HOST, "Environment=OLLAMA_HOST=127.0.0.1:11500")
    fleet.sh(HOST, "systemctl restart ollama; sleep 6")
    before = fleet.pid(HOST)
    written = look(fleet, HOST)
    assert fleet.pid(HOST) == before != "0"
    text = "it listens on 127.0.0.1:11500, not on 127.0.0.1:11434; deploy to this host"
    assert f"ollama.service: {text}" in written[0]
    assert not any("ACTION" in line for line in written)
    assert messages(fleet, HOST)[0]["problems"] == {"ollama-api": f"ollama.service: {text}"}


def test_one_that_is_down_is_started_but_not_in_maintenance(fleet: Fleet) -> None:
    watched.put_down(fleet, HOST)
    fleet.sh(HOST, "ollama-monitor --maintenance 10m --reason 'a new kernel'")
    (written,) = look(fleet, HOST)
    assert "nothing is done or told: maintenance until" in written
    assert "(a new kernel)" in written
    assert (fleet.pid(HOST), messages(fleet, HOST)) == ("0", [])
    fleet.sh(HOST, "ollama-monitor --maintenance off")
    assert "started, and it answers" in look(fleet, HOST)[2]
    assert fleet.version(HOST)


def test_it_keeps_still_while_a_deployment_is_at_work(fleet: Fleet) -> None:
    watched.put_down(fleet, HOST)
    # The record of a run that holds this host's lock: a process that is there.
    start = "$(cut -d ' ' -f 22 /proc/$$/stat)"
    record = f"printf 'who=me\\nholder=%s\\nstarted=%s\\n' $$ {start} >/run/pyinfra-ollama/run"
    fleet.sh(HOST, f"{record}; systemctl start ollama-monitor")
    (written,) = watched.log(fleet, HOST)
    assert written.endswith("nothing is done or told: pyinfra-ollama deploys to this host (me)")
    assert (fleet.pid(HOST), messages(fleet, HOST)) == ("0", [])


def test_restarts_by_people_are_no_trouble(fleet: Fleet) -> None:
    restarts = "for i in 1 2 3; do systemctl restart ollama; sleep 0.5; done"
    fleet.sh(HOST, f'systemd-run --quiet --collect --unit=again sh -c "{restarts}"')
    while fleet.ssh(HOST, "systemctl is-active --quiet again").returncode == 0:
        look(fleet, HOST)
    written = watched.log(fleet, HOST)
    assert written
    assert all(line.startswith("OK (") for line in written), written
    assert messages(fleet, HOST) == []


def test_full_disks_are_told_of_and_stop_nothing(fleet: Fleet) -> None:
    # Each in a file system of its own: the models, the log, and where /tmp of a service would be.
    full = (
        f"mount -t tmpfs -o size=2m tmpfs {MODELS} && dd if=/dev/zero of={MODELS}/x bs=1M; "
        "mkdir -p /root/full && mount -t tmpfs -o size=64k tmpfs /root/full && touch /root/full/log"
        f" && mount --bind /root/full/log {LOG} && dd if=/dev/zero of=/root/full/x bs=1k; "
    )
    no_folders = (
        "mount -t tmpfs -o nr_inodes=1 tmpfs /tmp; mount -t tmpfs -o nr_inodes=1 tmpfs /var/tmp"
    )
    watched.put_down(fleet, HOST)
    fleet.ssh(HOST, full)
    try:
        look(fleet, HOST)
        assert fleet.version(HOST), "mended all the same"
        journal = fleet.sh(HOST, "journalctl -u ollama-monitor -n 30 --no-pager")
        assert f"{LOG} was not written: No space left on device" in journal
        (said,) = messages(fleet, HOST)
        assert said["problems"] == {f"disk {MODELS}": f"{MODELS}: 100 % in use, 0 B free"}
        fleet.sh(HOST, f"rm {MODELS}/x; {no_folders}")
        look(fleet, HOST)
        assert messages(fleet, HOST)[-1]["recovered"] == [f"disk {MODELS}"]
    finally:
        fleet.ssh(HOST, f"umount /tmp /var/tmp; umount {LOG} /root/full {MODELS}")


def test_of_three_at_once_two_leave(fleet: Fleet) -> None:
    watched.put_down(fleet, HOST)
    fleet.sh(HOST, f"touch {watched.SLOW}")
    said = fleet.sh(HOST, "for i in 1 2 3; do ollama-monitor & done; wait").splitlines()
    assert said.count("another run is at work; this one leaves") == 2
    assert sum(line.startswith("ACTION") for line in said) == 1
    assert len(messages(fleet, HOST)) == 1


def test_a_message_that_did_not_get_out_is_sent_by_the_next_look(fleet: Fleet) -> None:
    fleet.sh(HOST, "systemctl stop receiver ollama")
    try:
        failed = "not told: the webhook was not reached: Connection refused"
        assert look(fleet, HOST)[-2:] == ["told by command: ollama", failed]
        fleet.sh(HOST, f"{watched.RECEIVER}; sleep 0.5")
        assert look(fleet, HOST)[-1] == "told by webhook: ollama"
        assert len(messages(fleet, HOST)) == len(hooked(fleet, HOST)) == 1
    finally:
        fleet.ssh(HOST, f"systemctl is-active -q receiver || {watched.RECEIVER}")
