# SPDX-License-Identifier: GPL-2.0
"""An outcome in JUnit's format, for CI: a suite for each kernel, a case for each verdict."""

import re
from xml.etree import ElementTree

from .verdict import FAIL, KNOWN, SKIP, TROUBLE, OnKernel, Outcome, Verdict

# What XML 1.0 cannot have, however it is written.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS = {FAIL: "failure", SKIP: "skipped", KNOWN: "skipped", TROUBLE: "error"}


def write(outcome: Outcome) -> str:
    """Return the file."""
    root = ElementTree.Element("testsuites", name=outcome.name)
    for result in outcome.kernels:
        _suite(root, outcome.name, result)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ElementTree.Element, name: str, result: OnKernel) -> None:
    counts = {element: str(sum(_ELEMENTS.get(verdict.status) == element
                               for verdict in result.verdicts))
              for element in ("failure", "error", "skipped")}
    suite = ElementTree.SubElement(
        root, "testsuite", name=result.kernel, tests=str(len(result.verdicts)),
        failures=counts["failure"], errors=counts["error"], skipped=counts["skipped"],
        time=f"{result.seconds:.1f}")
    for verdict in result.verdicts:
        _case(suite, f"{name}.{result.kernel}", verdict)


def _case(suite: ElementTree.Element, classname: str, verdict: Verdict) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=classname,
                                  name=f"{verdict.module or 'suite'} {verdict.check}")
    element = _ELEMENTS.get(verdict.status)
    if element:
        told = ElementTree.SubElement(case, element,
                                      message=_clean(verdict.reason.partition("\n")[0]))
        told.text = _clean("\n".join(filter(None, (verdict.reason, verdict.advice))))
    if verdict.transcript:
        out = ElementTree.SubElement(case, "system-out")
        out.text = _clean("\n".join(line for entry in verdict.transcript
                                    for line in entry.lines()))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
