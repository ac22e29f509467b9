"""The backup: `backup`, `backup-secrets`, `backup-check` and `backup-rehearsal`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pyinfra_ollama.settings import Backup
from pyinfra_ollama.verifier.checks.base import failed, listed, passed, unknown, warned
from pyinfra_ollama.verifier.results import Result

__all__ = ["backup", "looked_through", "rehearsed", "secrets"]

# A clock that is set by a few minutes is no reason for an alarm.
_AHEAD_SECONDS = 600
_HOUR = 3600
# What the services are given: templates/etc/systemd/system/ollama-backup.service.j2.
_LONGEST_SECONDS = 12 * _HOUR
_SECRETS = "600 root:root"
_PASSWORD = "/etc/pyinfra-ollama/backup/password"


class Seen(Protocol):
    """What the checks read of `backups.Seen`."""

    @property
    def now(self) -> int | None: ...
    @property
    def made(self) -> int | None: ...
    @property
    def timers(self) -> Mapping[str, bool] | None: ...
    @property
    def kept(self) -> Mapping[str, Mapping[str, str] | None]: ...
    @property
    def due(self) -> Mapping[str, int] | None: ...
    @property
    def private(self) -> Mapping[str, str] | None: ...
    def why(self, *names: str) -> str: ...


def backup(declared: Backup, seen: Seen) -> Result:
    """The timers run, and the last good backup is not too old."""
    look, log = "systemctl list-timers 'ollama-backup-*'", _log("run")
    hours = declared.max_age_hours
    expected = f"its timers run; a good backup at most {hours} hours ago"
    last = seen.kept.get("run")
    if seen.timers is None or seen.now is None or last is None or seen.made is None:
        return unknown(
            "backup", seen.why("timers", "now", "run", "made"), look="ollama-backup status"
        )
    still = [f"ollama-backup-{name}.timer" for name, runs in seen.timers.items() if not runs]
    if still:
        found = f"{listed(still)} does not run, or not after a boot"
        return failed("backup", expected=expected, found=found, look=look)
    if not seen.made:
        found = "nobody made sure yet that there is a repository"
        return failed("backup", expected=expected, found=found, look="ollama-backup init")
    good = int(last.get("good") or 0)
    age = seen.now - (good or seen.made)
    if age < -_AHEAD_SECONDS:
        found = f"the last one lies {_hours(-age)} ahead of the host's clock"
        return failed("backup", expected=expected, found=found, look="timedatectl")
    why = "" if last.get("result") in ("good", None) else f"; the last one failed: {_reason(last)}"
    if age > hours * _HOUR:
        found = f"the last good one was {_hours(age)} ago" if good else "there never was a good one"
        return failed("backup", expected=expected, found=found + why, look=log)
    if why:
        # There is one that is young enough; the next may well be good.
        found = f"{_hours(age)} ago{why}" if good else f"none yet{why}"
        return warned("backup", expected=expected, found=found, look=log)
    if not good:
        return warned("backup", expected=expected, found="none yet; a timer makes the first")
    left_out = last.get("left_out", "")
    if left_out:
        why = "of which blobs are missing on the host or cannot be read"
        found = f"{_hours(age)} ago, without {left_out}, {why}"
        return warned("backup", expected=expected, found=found, look=log)
    return passed("backup", f"{_hours(age)} ago", expected=expected, age_seconds=age)


def secrets(seen: Seen) -> Result:
    """Nobody but root reads the password and the logins."""
    look = "ls -l /etc/pyinfra-ollama/backup"
    expected = "all in /etc/pyinfra-ollama/backup belongs to root alone (0600)"
    if seen.private is None:
        return unknown("backup-secrets", seen.why("private"), look=look)
    if _PASSWORD not in seen.private:
        found = f"{_PASSWORD} is not there"
        return failed("backup-secrets", expected=expected, found=found, look=look)
    wrong = [f"{path} is {mode}" for path, mode in seen.private.items() if mode != _SECRETS]
    if wrong:
        return failed("backup-secrets", expected=expected, found=listed(wrong), look=look)
    return passed("backup-secrets", "root's alone", expected=expected)


def looked_through(declared: Backup, seen: Seen) -> Result:
    """The last look through the repository found no damage, and none was left out since."""
    return _task(declared, seen, "backup-check", "check", "the last look found no damage")


def rehearsed(declared: Backup, seen: Seen) -> Result:
    """The last rehearsal brought everything back, and none was left out since."""
    expected = "the last rehearsal brought everything back"
    return _task(declared, seen, "backup-rehearsal", "rehearse", expected)


def _task(declared: Backup, seen: Seen, check: str, task: str, expected: str) -> Result:
    last = seen.kept.get(task)
    if last is None or seen.now is None or seen.due is None or task not in seen.due:
        return unknown(check, seen.why(task, "now", "due"), look="ollama-backup status")
    age = f"{_hours(seen.now - int(last['finished']))} ago" if last else ""
    if last and last.get("result") != "good":
        found = f"{age}: {_reason(last)}"
        return failed(check, expected=expected, found=found, look=_log(task))
    late = seen.now - seen.due[task]
    if seen.due[task] and late > declared.spread_seconds + _LONGEST_SECONDS:
        found = f"{age or 'never'}; the next was due {_hours(late)} ago"
        look = f"systemctl status ollama-backup-{task}.timer ollama-backup-{task}.service"
        # That its timer does not run is red already.
        say = failed if (seen.timers or {}).get(task, True) else warned
        return say(check, expected=expected, found=found, look=look)
    return passed(check, age or "none was due yet", expected=expected)


def _reason(last: Mapping[str, str]) -> str:
    return last.get("reason") or "no reason was kept"


def _log(task: str) -> str:
    return f"journalctl -u ollama-backup-{task} -n 50 --no-pager"


def _hours(seconds: int) -> str:
    if seconds >= 48 * _HOUR:
        return f"{seconds // (24 * _HOUR)} days"
    return f"{seconds // _HOUR} hours" if seconds >= 2 * _HOUR else f"{seconds // 60} minutes"
