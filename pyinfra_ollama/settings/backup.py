"""The backup of a host: what is kept, where, when and for how long."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from .base import LOADING, UNNAMED, Setting, refusal, setting
from .kinds import Count, Flag, shaped
from .repositories import Disk, Repository
from .secrets import Secret, SecretValue, one_line
from .sftp import Sftp

_SHORTEST_PASSWORD = 12

# systemd.time(7); what it is not able to read, `systemd-analyze verify` refuses on the host.
Calendar = Annotated[
    str,
    shaped(
        r"[A-Za-z0-9*:,./~ -]{1,80}",
        "a calendar expression of systemd, such as 'daily', '02:30' or 'Sun 04:00'",
        "try it with: systemd-analyze calendar 'EXPRESSION'",
    ),
]


class Backup(Setting):
    """What is kept of a host in a restic repository; without this declaration nothing is."""

    positional: ClassVar[tuple[str, ...]] = ("repository",)
    moved: ClassVar[dict[str, str]] = {
        "schedule": "at='02:30'",
        "calendar": "at='02:30'",
        "retention": "keep_daily=7, keep_weekly=4, keep_monthly=6",
        "target": "repository=Disk('/srv/backup')",
        UNNAMED: "repository=Disk('/srv/backup')",
    }

    repository: Repository = Field(
        description="Where it is kept: Disk, Sftp, S3Bucket or Rest. Several hosts may share one.",
        json_schema_extra={"example": 'Disk("/srv/backup/ollama")'},
    )
    password: SecretValue = Field(
        description="What the repository is encrypted with. Keep it elsewhere as well: without it "
        "nobody gets anything back.",
        json_schema_extra={"example": 'Secret.file("/etc/backup/restic-password")'},
    )
    models: Literal["list", "custom", "all"] = setting(
        "custom",
        "Which models are kept: their names and digests only (list), those that no declared pull "
        "brings back (custom), or all. Names and digests are kept always.",
        source="our choice because what a registry has need not be kept twice",
    )
    at: Calendar = setting(
        "02:30",
        "When, as a calendar expression of systemd in the host's time zone.",
        source="our choice because few people ask a model at night",
        example='"*-*-* 00/6:00"',
    )
    spread_seconds: Count = setting(
        900,
        "By how much a timer may be late at random, so that hosts do not all come at once.",
        source="our choice because a repository takes one clean-up at a time",
    )
    forget: Flag = setting(
        True,
        "Whether the host removes snapshots that are too old; False for a repository to which it "
        "can only add, such as an append-only rest-server.",
        source="our choice because most repositories grow without end otherwise",
    )
    keep_last: Count = setting(3, "Newest snapshots that stay.", source="our choice")
    keep_daily: Count = setting(7, "Days of which one stays.", source="usual retention")
    keep_weekly: Count = setting(4, "Weeks of which one stays.", source="usual retention")
    keep_monthly: Count = setting(6, "Months of which one stays.", source="usual retention")
    check_at: Calendar = setting(
        "Sun 04:30",
        "When the repository is looked through for damage.",
        source="our choice because a look takes time and traffic",
    )
    check_percent: Annotated[int, Field(strict=True, ge=1, le=100)] = setting(
        10,
        "How much of the data is read each time, in percent, at random.",
        source="our choice because ten weeks then see most of it",
    )
    rehearse_at: Calendar = setting(
        "*-*-01 05:30",
        "When the newest snapshot is brought back into a scratch folder, compared and removed.",
        source="our choice because a backup that was never brought back is a hope",
    )
    max_age_hours: Annotated[int, Field(strict=True, ge=1, le=24 * 366)] = setting(
        36,
        "Age of the last good backup above which the verifier fails, in hours.",
        source="our choice because a day and a night of delay are bearable",
    )

    @property
    def packages(self) -> tuple[str, ...]:
        """Debian's packages that it needs on the host."""
        return ("openssh-client", "restic") if isinstance(self.repository, Sftp) else ("restic",)

    @property
    def folder(self) -> str:
        """The repository's folder where it is on the host's own disk, or nothing."""
        return str(self.repository.path) if isinstance(self.repository, Disk) else ""

    @field_validator("password")
    @classmethod
    def _long_enough(cls, value: Secret, info: ValidationInfo) -> Secret:
        if info.context == LOADING and len(one_line(value)) < _SHORTEST_PASSWORD:
            raise refusal(
                accepted=f"at least {_SHORTEST_PASSWORD} characters",
                remedy="make one with: openssl rand -base64 24",
                seen=f"a shorter one in {value}",
            )
        return value

    @field_validator("keep_monthly")
    @classmethod
    def _keeps_something(cls, value: int, info: ValidationInfo) -> int:
        others = ("keep_last", "keep_daily", "keep_weekly")
        if not value and all(info.data.get(name) == 0 for name in others):
            raise refusal(
                accepted="one of keep_last, keep_daily, keep_weekly and keep_monthly above 0",
                remedy="leave keep_last as it is: restic would forget every snapshot",
            )
        return value
