# SPDX-License-Identifier: GPL-2.0
"""What make try makes of verdicts: the exit status, the table, the page, JUnit, known failures."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness.host.errors import HarnessError
from harness.kernels import architectures
from harness.kernels.kernel import Kernel
from harness.kernels.toolchain import Toolchain
from harness.observe.transcript import Entry
from harness.suites import errors, expected, found, junit, page, result, since
from harness.suites.built import Built, BuildFailed
from harness.suites.growth import growth
from harness.suites.stay import troubled
from harness.suites.verdict import (FAIL, KNOWN, PASS, SKIP, TROUBLE, OnKernel, Outcome, Verdict)

pytestmark = pytest.mark.host

TYPED = (Entry("guest", "modprobe <foo>", "modprobe: ERROR: \x1b[1m & 'foo'\n", 1),)
LOADS = Verdict("loads", "foo", PASS, "foo", "", TYPED)


def outcome(*verdicts: Verdict, kernels: tuple[str, ...] = ("6.1-cloud",)) -> Outcome:
    return Outcome("suite", tuple(OnKernel(name, "Linux 6.1, kmod 30", 1.0, list(verdicts))
                                  for name in kernels))


@pytest.mark.parametrize("statuses, status, says", [
    ((PASS, SKIP), 0, "suite: PASS on 1 kernel: 1 passed, 1 skipped"),
    ((PASS, FAIL, TROUBLE), 1, "suite: FAIL on 1 kernel: 1 passed, 1 failed, 1 could not be tried, "
                               "by trouble of the bench's own"),
    ((PASS, KNOWN), 0, "suite: PASS on 1 kernel: 1 passed, 1 failed as expected"),
    ((SKIP, SKIP), 77, "suite: SKIP, no module could be tried, on 1 kernel: 2 skipped"),
    ((PASS, TROUBLE), 2, "suite: TROUBLE of the bench's own on 1 kernel: 1 passed, 1 could not be "
                         "tried, by trouble of the bench's own"),
])
def test_the_exit_status_and_the_last_line(statuses: tuple[str, ...], status: int, says: str
                                           ) -> None:
    found = outcome(*(replace(LOADS, module=f"m{number}", status=one)
                      for number, one in enumerate(statuses)))
    assert (found.exit_status, found.words) == (status, says)


def test_a_suite_of_which_nothing_loads_is_skipped_whatever_else_passes() -> None:
    found = outcome(Verdict("indexed", "foo", PASS), replace(LOADS, status=SKIP))
    assert found.exit_status == 77


def test_of_several_verdicts_of_one_check_the_worst_counts() -> None:
    kernel = OnKernel("6.1-cloud")
    for status in (PASS, FAIL, SKIP):
        kernel.give(replace(LOADS, status=status, reason=status))
    assert [verdict.reason for verdict in kernel.verdicts] == [FAIL]


def test_the_table_has_one_line_for_modules_that_came_to_the_same() -> None:
    verdicts = [replace(LOADS, module=name) for name in ("a", "b", "c")]
    failed = [Verdict("left", name, FAIL, f"/proc/{name} is left", "Remove it.", TYPED)
              for name in ("a", "b")]
    shown = "\n".join(result.lines(outcome(*verdicts, *failed, kernels=("6.1-cloud", "debug")),
                                   colours=False))
    assert re.search(r"^loads +all 3 modules +PASS +PASS$", shown, re.MULTILINE), shown
    assert re.search(r"^left +a b +FAIL +FAIL$", shown, re.MULTILINE), shown
    assert "FAIL left: a b, on 6.1-cloud, debug\n    /proc/a is left\n      > Remove it." in shown


class Links(HTMLParser):
    """What a page leads to, and what it has to be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src"):
                self.targets.append(value or "")
            elif name == "id":
                self.ids.append(value or "")


def test_each_cell_of_the_page_leads_to_its_transcript_and_nothing_leads_out() -> None:
    text = page.write(outcome(LOADS, replace(LOADS, module="bar", status=SKIP, reason="no <dev>"),
                              kernels=("6.1-cloud", "7.3-cloud")))
    links = Links(text)
    assert len(links.targets) == 4 and len(set(links.ids)) == len(links.ids)
    assert all(target[0] == "#" and target[1:] in links.ids for target in links.targets)
    assert "modprobe &lt;foo&gt;" in text and "no &lt;dev&gt;" in text
    assert not re.search(r"https?:|@import|url\(", text)


def test_junit_tells_of_each_verdict_by_its_kind() -> None:
    verdicts = [replace(LOADS, module=status, status=status)
                for status in (PASS, FAIL, SKIP, KNOWN, TROUBLE)]
    root = ElementTree.fromstring(junit.write(outcome(*verdicts)))
    (suite,) = root
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == [
        "5", "1", "1", "2"]
    kinds = [[child.tag for child in case] for case in suite]
    assert kinds == [["system-out"], ["failure", "system-out"], ["skipped", "system-out"],
                     ["skipped", "system-out"], ["error", "system-out"]]
    assert "modprobe <foo>" in (suite[0][0].text or "")


def test_what_is_expected_to_fail_is_no_failure_and_what_passes_is_said(tmp_path: Path) -> None:
    file = tmp_path / "known"
    file.write_text("# a comment\nfoo left  a bug of ours\nfoo@debug loads only there\n"
                    "bar loads is gone\n", encoding="utf-8")
    kernels = outcome(LOADS, replace(LOADS, check="left", status=FAIL, reason="/proc/foo is left"),
                      replace(LOADS, module="bar")).kernels
    notes = expected.expect(kernels, file)
    verdict = kernels[0].of("left", "foo")
    assert verdict and (verdict.status, verdict.reason) == (
        KNOWN, "/proc/foo is left\nknown: a bug of ours")
    assert notes == ("bar loads was expected to fail, and passes: take it out of known",)


@pytest.mark.parametrize("line", ["foo left", "foo nonsense because"])
def test_a_file_of_known_failures_that_is_wrong(line: str, tmp_path: Path) -> None:
    file = tmp_path / "known"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(HarnessError, match=r"known:2: not of the form MODULE CHECK REASON"):
        expected.expect([], file)


@pytest.mark.parametrize("samples, kb", [
    ([9000 + 100 * cycle for cycle in range(20)], 100),
    # What is kept for the next time is filled once; all else is chance.
    ([9000, 9500, 9520, *[9530 + (cycle * 37) % 11 for cycle in range(17)]], 0),
    # One step is no growth with each load.
    ([9000] * 10 + [9064] * 10, 0),
    # One that is far out does not hide it.
    ([9000 + 8 * cycle + (500 if cycle == 7 else 0) for cycle in range(40)], 8),
])
def test_growth_is_told_from_chance(samples: list[int], kb: int) -> None:
    assert round(growth(samples)) == kb


@pytest.mark.parametrize("said, name", [
    ("modprobe: ERROR: could not insert 'foo': No such device\n", "ENODEV"),
    ("modprobe: ERROR: could not insert 'foo': Unknown symbol in module, or unknown parameter "
     "(see dmesg)", "ENOENT"),
    ("insmod: ERROR: could not insert module /x/foo.ko: Invalid module format", "ENOEXEC"),
    ("modprobe: FATAL: Module foo not found in directory /lib/modules/6.1", ""),
])
def test_the_errno_is_known_by_the_tools_words(said: str, name: str) -> None:
    assert errors.of(said) == name


def test_of_a_warning_its_own_words_are_told() -> None:
    log = ["foo: hello", "------------[ cut here ]------------", "foo: no such size",
           "WARNING: CPU: 0 PID: 1 at foo.c:7 foo_init+0x1/0x2 [foo]", "Call Trace:"]
    assert list(troubled(log)) == log[2:4]
    assert list(troubled(["------------[ cut here ]------------", log[3]])) == [log[3]]


def test_what_was_found_is_a_line_for_each_kernel_and_stays_until_it_is_tried_anew() -> None:
    left = Verdict("left", "foo", FAIL, "/proc/a|b is left\n/proc/c is left")
    came = outcome(LOADS, left, replace(LOADS, check="alone", status=SKIP, reason="no <dev>"),
                   kernels=("5.10-cloud", "6.1-cloud"))
    first = dict(found.lines("foo-dkms/sid", came, "2026-11-26"))
    page_ = found.write(first)
    assert found.read(page_) == first
    assert list(first) == [("foo-dkms/sid", "5.10-cloud"), ("foo-dkms/sid", "6.1-cloud")]
    assert page_.splitlines()[-1] == (
        "| <!-- foo-dkms/sid, 6.1-cloud --> foo-dkms/sid | 6.1-cloud (Linux 6.1, kmod 30) | "
        "2026-11-26 | FAIL: 1 passed, 1 failed, 1 skipped | FAIL `left`, foo: `/proc/a\\|b is "
        "left`; `/proc/c is left`<br>SKIP `alone`, foo: `no <dev>` |")


def kernel_of(place: Path, version: str) -> Kernel:
    kernel = Kernel(version[:-2], version, place, "", Toolchain(), architectures.host())
    kernel.kdir.mkdir(parents=True)
    (kernel.kdir / ".config").write_text(
        f"#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 {version} Kernel "
        "Configuration\n#\n", encoding="utf-8")
    return kernel


# Versions, and whether the suite is built for them, of which version it is there; and since which
# it is said not to be, for each of them.
@pytest.mark.parametrize("came, says", [
    (("5.10.9 good", "6.1.8 bad", "6.12.7 bad"), ("", "6.1.8", "6.1.8")),
    # By their versions, in whatever order they are asked for.
    (("6.12.7 bad", "6.1.8 bad", "5.10.9 good"), ("6.1.8", "6.1.8", "")),
    (("5.10.9 bad", "6.1.8 good", "6.12.7 bad"), ("", "", "6.12.7")),
    # One that the suite is not for, and another version of it, tell nothing.
    (("5.10.9 good", "6.1.8 lacks", "6.12.7 bad"), ("", "", "6.12.7")),
    (("5.10.9 good other", "6.12.7 bad"), ("", "")),
    (("6.1.8 bad",), ("",)),
])
def test_since_which_kernel_a_suite_is_not_built(came: tuple[str, ...], says: tuple[str, ...],
                                                 tmp_path: Path) -> None:
    builts: dict[str, Built | BuildFailed] = {}
    for one in came:
        version, how, *what = one.split()
        kernel = kernel_of(tmp_path, version)
        builts[version] = Built("x", kernel, (), what=str(what)) if how == "good" else BuildFailed(
            "x", kernel, "an error", how == "lacks", what=str(what))
    after = since.told(builts)
    told = [one.reason.removeprefix("an error") if isinstance(one, BuildFailed) else ""
            for one in after.values()]
    good = [one.split()[0] for one in came if "good" in one]
    assert told == [first and f"\nsince Linux {first} ({first[:-2]}): it is built for Linux "
                    f"{good[0]} ({good[0][:-2]})" for first in says]
