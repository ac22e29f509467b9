"""The three formats on one literal report, and what Markdown does with hostile or long content."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from pyinfra_ollama.decide.files import FileChange
from pyinfra_ollama.decide.finding import Finding
from pyinfra_ollama.decide.plan import Change, HostPlan
from pyinfra_ollama.exits import Exit
from pyinfra_ollama.planner.reporters import document, markdown, text
from pyinfra_ollama.planner.reporters.markdown import LIMIT
from pyinfra_ollama.planner.results import HostReport, exit_code
from pyinfra_ollama.steps import Step

from .examples import CHANGED, HOSTS, REPORT, UNIT, report

TEXT = """\
web1, web3: 5 changes
  warning: gpu: amd without its driver
    to do: install the vendor's driver
  Have the needed and declared packages
    install curl, zstd
  Have the unit and its environment
    modify /etc/systemd/system/ollama.service (600 root:root -> 644 root:root)
      @@ -1,2 +1,2 @@
       [Service]
      -User=me
      +User=ollama
    create /etc/pyinfra-ollama/ollama.env (600 root:root)
      content hidden: it is secret
  Have the declared release running
    restart ollama.service (0.32.15 -> 0.33.0)
      because the running program is /opt/ollama/releases/0.32.15/bin/ollama
  Have the declared models
    pull llama3.2:1b (1.2 GiB)
web2: nothing to do
db1: would be refused and left as it is
  failure: port: 11434 is held by nginx (pid 7)
    to do: stop it
db2: could not tell: Could not connect (timed out)
2 hosts with 10 changes; 1 host with nothing to do; would be refused: db1; could not tell: db2 \
(asked in 10.0 s)
"""

MARKDOWN = """\
## Plan for `inventories/prod.py`

2 hosts with 10 changes; 1 host with nothing to do; would be refused: db1; could not tell: db2 \
(asked in 10.0 s).

### `web1`, `web3`: 5 changes

- **warning** gpu: amd without its driver (to do: install the vendor's driver)
- Have the needed and declared packages
  - **install** `curl, zstd`
- Have the unit and its environment
  - **modify** `/etc/systemd/system/ollama.service` (600 root:root -&gt; 644 root:root)
  - **create** `/etc/pyinfra-ollama/ollama.env` (600 root:root), content hidden: it is secret
- Have the declared release running
  - **restart** `ollama.service` (0.32.15 -&gt; 0.33.0)
    - because the running program is /opt/ollama/releases/0.32.15/bin/ollama
- Have the declared models
  - **pull** `llama3.2:1b` (1.2 GiB)

<details><summary>modify <code>/etc/systemd/system/ollama.service</code></summary>

```diff
@@ -1,2 +1,2 @@
 [Service]
-User=me
+User=ollama
```

</details>

### `web2`: nothing to do

### `db1`: would be refused and left as it is

- **failure** port: 11434 is held by nginx (pid 7) (to do: stop it)

### `db2`: could not tell: Could not connect (timed out)
"""


def test_text() -> None:
    assert text(REPORT) == TEXT


def test_markdown() -> None:
    assert markdown(REPORT) == MARKDOWN


def test_json() -> None:
    found = json.loads(document(REPORT))
    assert found["schema"] == 1
    assert found["exit_code"] == 1
    assert found["totals"] == {
        "hosts": 5,
        "unchanged": 1,
        "pending": 2,
        "refused": 1,
        "unknown": 1,
        "changes": 10,
    }
    web1, web2, _, db1, db2 = found["hosts"]
    assert web1["operations"] == [
        "Have the needed and declared packages",
        "Have the unit and its environment",
        "Have the declared release running",
        "Have the declared models",
    ]
    assert web1["changes"][1]["file"] == {
        "before": "600 root:root",
        "after": "644 root:root",
        "hidden": False,
        "diff": ["@@ -1,2 +1,2 @@", " [Service]", "-User=me", "+User=ollama"],
    }
    assert web1["changes"][4]["details"] == {"size_bytes": 1321098329}
    assert (web2["status"], web2["changes"]) == ("unchanged", [])
    assert db1["findings"][0]["next"] == "stop it"
    assert (db2["status"], db2["unknown"]) == ("unknown", "Could not connect (timed out)")


PENDING, UNCHANGED, _, REFUSED, UNKNOWN = HOSTS


@pytest.mark.parametrize(
    ("hosts", "code"),
    [
        ((UNCHANGED,), Exit.GOOD),
        ((UNCHANGED, PENDING), Exit.PENDING),
        ((PENDING, UNKNOWN), Exit.UNKNOWN),
        ((UNKNOWN, REFUSED, PENDING), Exit.FAILED),
        ((), Exit.UNKNOWN),
    ],
)
def test_exit_codes(hosts: tuple[HostReport, ...], code: Exit) -> None:
    assert exit_code(hosts) == code


def with_diff(*lines: str, name: str = "web1", path: str = UNIT) -> HostReport:
    file = FileChange(path, "modify", "644 root:root", "644 root:root", lines)
    return HostReport(name, HostPlan((Change(Step.UNIT, "modify", path, file=file),)), 0.1)


def test_no_content_ends_its_code_block() -> None:
    shown = markdown(report(with_diff("+```", "+````", "+</details>")))
    assert "\n`````diff\n+```\n+````\n+</details>\n`````\n" in shown


def test_no_content_becomes_markup_a_mention_or_a_terminal_command() -> None:
    hostile = "<img src=x> @team #12 **b** [l](u) `c` \x1b[31m\nnext | ~x~ a_b _i_"
    finding = Finding("warning", "gpu", hostile, hostile)
    host = HostReport("we`b", HostPlan((Change(Step.UNIT, "do", "a`b|c"),), (finding,)), 0.1)
    shown = markdown(report(host))
    assert "<img" not in shown
    assert not re.search(r"[@#]\w", shown)
    assert r"\*\*b\*\* \[l\](u) \`c\` " in shown
    assert r"next \| \~x\~ a_b \_i\_" in shown
    assert "``we`b``" in shown
    assert "\x1b" not in shown + text(report(host))
    assert hostile not in text(report(host))


def test_a_long_plan_is_shortened_and_says_so() -> None:
    lines = [f"+line {number}" for number in range(20000)]
    shown = markdown(report(with_diff(*lines)))
    assert len(shown) <= LIMIT
    assert "*Shortened to fit a comment" in shown
    assert re.search(r"\n\.\.\. and \d+ lines more\n```\n", shown)
    assert len(text(report(with_diff(*lines)))) > LIMIT


def test_very_long_lines_and_very_many_hosts_fit_too() -> None:
    wide = markdown(report(with_diff("+" + "x" * 10**6)))
    assert len(wide) <= LIMIT
    many = [
        with_diff(f"+{number}", name=f"web{number}", path=f"/{number}" * 30)
        for number in range(3000)
    ]
    shown = markdown(report(*many))
    assert len(shown) <= LIMIT
    assert re.search(r"And \d+ hosts more", shown)
    alike = markdown(report(*(HostReport(f"web{number}", CHANGED, 0.1) for number in range(9000))))
    assert len(alike) <= LIMIT
    assert "and 8980 more" in alike


def test_the_fold_ignores_how_long_a_host_took() -> None:
    twice = (HOSTS[0], replace(HOSTS[0], name="web9", seconds=9.0))
    assert text(report(*twice)).startswith("web1, web9: ")
