"""JUnit XML, which build servers show as tests: a case for each scenario and way of calling."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as xml

from ivr.simulator.rounds import Replayed

_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]")
"""What XML 1.0 cannot hold."""


def junit(replayed: Sequence[Replayed]) -> str:
    """The document. A call that went otherwise in another round is a failure of its own kind, ``flaky``."""
    counts = {
        "tests": len(replayed),
        "failures": sum(one.is_wrong for one in replayed),
        "skipped": sum(one.state == "skipped" for one in replayed),
    }
    seconds = sum(one.wall_seconds for group in replayed for one in group.rounds)
    totals = {name: str(count) for name, count in counts.items()} | {"time": f"{seconds:.2f}"}
    suites = xml.Element("testsuites", totals)
    suite = xml.SubElement(suites, "testsuite", {"name": "scripted calls", "errors": "0"} | totals)
    for group in replayed:
        _add_case(suite, group)
    xml.indent(suites)
    return xml.tostring(suites, "unicode", xml_declaration=True) + "\n"


def _add_case(suite: xml.Element, group: Replayed) -> None:
    shown = group.worst
    seconds = sum(one.wall_seconds for one in group.rounds) / len(group.rounds)
    name = {"name": f"{shown.call} by {shown.mode}", "classname": f"calls.{shown.mode}"}
    case = xml.SubElement(suite, "testcase", name | {"file": shown.file, "time": f"{seconds:.2f}"})
    if group.state == "skipped":
        xml.SubElement(case, "skipped", {"message": _fit(shown.skipped)})
    if group.state == "failed":
        told = xml.SubElement(case, "failure", {"type": "unmet", "message": _fit(shown.failures[0])})
        told.text = _fit("\n".join(shown.failures))
    elif group.state == "flaky":
        told = xml.SubElement(case, "failure", {"type": "flaky", "message": "rounds of the same call differ"})
        told.text = _fit("\n".join(group.differences))
    if shown.said:
        xml.SubElement(case, "system-out").text = _fit("\n".join(f"{one.who}: {one.text}" for one in shown.said))


def _fit(text: str) -> str:
    return _UNFIT.sub("?", text)
