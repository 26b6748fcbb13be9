# SPDX-License-Identifier: GPL-2.0
"""make explain: whose words a pasted line has."""

import re
import subprocess

import pytest
from behaviours.messages import MESSAGES

from harness.host.paths import TOP
from harness.host.run import environment
from harness.rows import messages

pytestmark = pytest.mark.host


def explain(line: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """Run make explain with a line as MSG, or else with one on standard input."""
    return subprocess.run(["make", "-s", "-C", TOP, "explain"], text=True, input=typed,
                          env={**environment(), "MSG": line}, capture_output=True, check=False)


@pytest.mark.parametrize("line, text", [
    ("rmmod: ERROR: Module my_driver is in use by: a_mod b-mod",
     "Module {name} is in use by: {modules}"),
    ("libkmod: ERROR ../libkmod/x.c:1 f():   Module core_mod   is in use.  ",
     "Module {name} is in use."),
    ("[  123.456789] report_mod: Unknown symbol tcore_count (err -2)",
     "{module}: Unknown symbol {symbol} (err -2)"),
    ("Nov 22 12:00:00 host kernel: foo: disagrees about version of symbol module_layout",
     "disagrees about version of symbol {symbol}"),
    ("insmod: ERROR: could not insert module /lib/modules/6.1.0-9-amd64/extra/x.ko: "
     "Invalid module format", "could not insert {module}: Invalid module format"),
])
def test_a_pasted_line_is_found(line: str, text: str) -> None:
    """With paths, names, times and what a version of kmod puts before it."""
    answer = explain(line)
    assert (answer.returncode, answer.stderr) == (0, "")
    first, *rest = answer.stdout.splitlines()
    assert first == text
    assert [word for word in ("means:", "do:", "shown:")
            if any(line.startswith(word) for line in rest)] == ["means:", "do:", "shown:"]


@pytest.mark.parametrize("part, number", [
    ("Unknown symbol in module", 1), ("key was rejected by service", 1), ("is in use", 3)])
def test_a_part_explains_what_holds_it(part: str, number: int) -> None:
    answer = explain(part)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert len(re.findall("^means: ", answer.stdout, re.MULTILINE)) >= number
    for text in answer.stdout.split("\n\n"):
        assert part in text.splitlines()[0].lower() or part in text.splitlines()[0]


def test_what_the_readme_has_of_tools_is_explained() -> None:
    """Between our own messages."""
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| `cannot get`")[2].partition("| other words")[0]
    rows = re.findall("^[|] `([^`]+)`", table, re.MULTILINE)
    assert len(rows) == 5
    for row in rows:
        assert messages.find(row, MESSAGES) or messages.holding(row, MESSAGES), row


def test_an_unknown_line_gets_the_nearest() -> None:
    answer = explain("modprobe: FATAL: Modul foo is not in usage")
    assert answer.returncode == 2 and answer.stdout == ""
    first, second, *nearest = answer.stderr.splitlines()[:5]
    assert first.startswith("taskmods: no message like this is known: modprobe: FATAL: Modul foo")
    assert second == "The nearest are:"
    assert len(nearest) == 3
    assert any("is in use" in line for line in nearest)


def test_a_line_that_nothing_is_like() -> None:
    answer = explain("quite other words about cheese")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.splitlines()[1] == "None comes near it."


def test_a_line_with_quotes_is_read_from_standard_input() -> None:
    answer = explain("", "kernel: foo: `abc' invalid for parameter `num'\n")
    assert answer.returncode == 0
    assert answer.stdout.startswith("{module}: `{value}' invalid for parameter `{name}'\n")


def test_no_line_at_all() -> None:
    answer = explain("")
    assert answer.returncode == 2
    assert answer.stderr.splitlines()[0] == (
        'taskmods: explain needs a message: make explain MSG="Unknown symbol in module"')
