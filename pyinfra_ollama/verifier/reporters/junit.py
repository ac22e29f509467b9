"""A report as JUnit XML: a suite per host, a case per check.

What could not be told is an error, as JUnit calls a test that did not come to an answer; a
warning passes, with its text in the case's output.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from pyinfra_ollama.verifier.results import HostReport, Report, Result

__all__ = ["junit"]

# What XML 1.0 cannot hold, not even escaped; a model may well write it.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COUNTED = {"failures": "fail", "errors": "unknown", "skipped": "skipped"}


def junit(report: Report) -> str:
    suites = [_suite(host, report.started) for host in report.hosts]
    root = ET.Element("testsuites", {"name": _text(f"pyinfra-ollama verify {report.inventory}")})
    for count in ("tests", *_COUNTED):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.set("time", f"{report.seconds:.3f}")
    root.extend(suites)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(host: HostReport, started: str) -> ET.Element:
    results = host.results
    if host.unreachable is not None:
        results = (Result("connect", "unknown", host.unreachable), *results)
    suite = ET.Element("testsuite", {"name": _text(host.name), "tests": str(len(results))})
    for count, status in _COUNTED.items():
        suite.set(count, str(sum(result.status == status for result in results)))
    suite.set("time", f"{host.seconds:.3f}")
    # JUnit's times have no zone; `started` is UTC.
    suite.set("timestamp", started.partition("+")[0])
    suite.extend(_case(host.name, result) for result in results)
    return suite


def _case(host: str, result: Result) -> ET.Element:
    case = ET.Element("testcase", {"classname": _text(host), "name": _text(result.name)})
    tag = {"fail": "failure", "unknown": "error", "skipped": "skipped"}.get(result.status)
    if tag is not None:
        mark = ET.SubElement(case, tag, {"message": _text(result.found)})
        if tag == "failure":
            mark.text = _text(
                f"expected: {result.expected}\nfound: {result.found}\nnext: {result.next}"
            )
        return case
    lines = [f"{result.status}: {result.found}"]
    lines += [f"{key}: {value}" for key, value in result.details.items()]
    ET.SubElement(case, "system-out").text = _text("\n".join(lines))
    return case


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
