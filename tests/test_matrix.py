# SPDX-License-Identifier: GPL-2.0
"""make matrix: whatever comes of one kernel, the others run, and the page says all of it."""

import os
import subprocess
from pathlib import Path

import pytest
from behaviours import ROWS, SECTIONS
from kernels import KERNELS, Entry

from harness.commands import matrix
from harness.guest import small
from harness.host.errors import HarnessError
from harness.kernels import architectures, choice, table
from harness.kernels.kernel import Kernel
from harness.kernels.toolchain import Toolchain
from harness.rows import matrixpage

pytestmark = pytest.mark.host

ROW, OTHER = list(ROWS)[:2]
JUNIT = f"""<testsuites><testsuite>
<testcase classname="test_behaviours" name="test_behaviour[{ROW}]"/>
<testcase classname="test_behaviours" name="test_behaviour[{OTHER}]">
<skipped message="needs linux &gt;= 9.9"/></testcase>
<testcase classname="tests.test_names" name="test_good[a]"/>
<testcase classname="tests.test_names" name="test_bad"><failure message="no"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A table of three kernels: one that cannot be had, one whose run dies, one that runs."""
    monkeypatch.setattr(matrix, "KERNELS", {name: Entry("suite", "", "", "suite")
                                            for name in ("gone", "dies", "runs")})
    monkeypatch.setattr(matrix, "RESULTS", tmp_path)
    monkeypatch.setattr(matrix, "PAGE", tmp_path / "matrix.md")
    monkeypatch.setattr(matrix, "TOP", tmp_path)
    monkeypatch.setattr(table, "check_names", lambda names: None)
    monkeypatch.setattr(small, "initramfs", lambda suite, architecture: Path())

    def get(name: str) -> Kernel:
        if name == "gone":
            raise HarnessError("cannot get linux-image-9.9.* from Debian's archive\nfurther words")
        return Kernel(name, f"9.9-{name}", Path(), "suite", Toolchain(), architectures.host())

    def run(_: object, env: dict[str, str], **__: object) -> None:
        if env["KERNEL"] == "runs":
            (tmp_path / "runs.xml").write_text(JUNIT, encoding="utf-8")

    monkeypatch.setattr(choice, "get", get)
    monkeypatch.setattr(subprocess, "run", run)
    return tmp_path / "matrix.md"


def test_it_goes_on_after_what_fails_and_says_so(three: Path, capsys: pytest.CaptureFixture[str],
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERNEL", raising=False)
    assert matrix.main() == 1
    said = capsys.readouterr().out
    assert ("gone              unavailable: cannot get linux-image-9.9.* from Debian's archive ("
            in said)
    assert "dies              1 failed (" in said and "failed: the run itself" in said
    assert "runs              2 passed, 1 skipped, 1 failed (" in said
    assert "failed: test_names::test_bad" in said
    page = three.read_text(encoding="utf-8")
    assert "| gone |  | suite | unavailable: cannot get linux-image-9.9.* from" in page
    assert f"| [{ROW}](behaviours.md#{ROW}) | not run | pass |" in page
    assert f"| [{OTHER}](behaviours.md#{OTHER}) | not run | skip (1) |" in page
    assert "| test_names.py | skipped | 1 of 2 |" in page
    assert "- skip (1): needs linux >= 9.9" in page


def test_what_is_not_run_again_stays_as_it_was(three: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERNEL", "runs")
    assert matrix.main() == 1
    whole = matrix.load("runs")
    monkeypatch.setenv("T", "bad")
    again = '<testsuite><testcase classname="tests.test_names" name="test_bad"/></testsuite>'
    monkeypatch.setitem(globals(), "JUNIT", again)
    assert matrix.main() == 0
    found = matrix.load("runs")
    assert found and found.words == "3 passed, 1 skipped"
    assert whole and found.seconds == whole.seconds > 0


def test_a_kernel_that_is_there_for_others_is_tried_only_by_its_name(
        three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {name: Entry("suite", "", "", "suite", matrix=name != "runs")
               for name in ("gone", "dies", "runs")}
    monkeypatch.setattr(matrix, "KERNELS", entries)
    assert matrix.main() == 1
    assert "| runs |" not in three.read_text(encoding="utf-8")
    monkeypatch.setenv("KERNEL", "runs")
    assert matrix.main() == 1
    assert "| runs |" in three.read_text(encoding="utf-8")


@pytest.mark.parametrize("wanted, tried", [
    ("arm64", {"dies"}), ("arm64 s390x", {"gone", "dies"}), ("all", {"gone", "dies", "runs"})])
def test_an_architecture_has_its_kernels_tried(
        three: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
        wanted: str, tried: set[str]) -> None:
    of = {"gone": "s390x", "dies": "arm64", "runs": "amd64"}
    monkeypatch.setattr(matrix, "KERNELS", {
        name: Entry("suite", "", "", "suite", of[name], matrix=False) for name in of})
    monkeypatch.setenv("ARCH", wanted)
    monkeypatch.setenv("MAKEFLAGS", f" -- ARCH={wanted}")
    matrix.main()
    assert not {"ARCH", "MAKEFLAGS"} & set(os.environ)
    assert {line.split()[1] for line in capsys.readouterr().out.splitlines()
            if line.startswith("== ")} == tried


def test_an_architecture_of_no_kernel_is_an_error(three: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCH", "vax")
    with pytest.raises(HarnessError, match="no kernel for vax: choose by .*, of amd64, all"):
        matrix.main()


def test_in_a_fresh_clone_a_part_goes_into_the_page_that_is_there(
        three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is new takes minutes, not the hour of a whole matrix; the rest stays."""
    assert matrix.main() == 1
    before = three.read_text(encoding="utf-8")
    for result in three.parent.glob("*.json"):
        result.unlink()
    (three.parent / "runs.xml").unlink()
    monkeypatch.setenv("KERNEL", "runs")
    monkeypatch.setenv("T", OTHER)
    case = '<testcase classname="test_behaviours" name="test_behaviour[{}]"/>'
    monkeypatch.setitem(globals(), "JUNIT", f"<testsuite>{case.format(OTHER)}</testsuite>")
    assert matrix.main() == 0
    after = three.read_text(encoding="utf-8")
    changed = {line for line in after.splitlines() if line not in before.splitlines()}
    assert changed == {f"| [{OTHER}](behaviours.md#{OTHER}) | not run | pass |"}
    assert "needs linux >= 9.9" in before and "needs linux >= 9.9" not in after


def test_the_page_is_read_as_it_is_written() -> None:
    page = matrix.PAGE.read_text(encoding="utf-8")
    assert matrixpage.write(matrixpage.read(page), SECTIONS) == page


def test_only_a_kernel_that_is_unavailable_fails_nothing(three: Path,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    """And a page that would lack kernels is not written."""
    monkeypatch.setenv("KERNEL", "gone")
    assert matrix.main() == 0
    assert not three.exists()


def test_the_page_in_the_tree_has_each_kernel_and_row() -> None:
    page = matrix.PAGE.read_text(encoding="utf-8")
    assert [name for name, entry in KERNELS.items()
            if entry.matrix and f"| {name} |" not in page] == [], "run make matrix"
    assert [row for row in ROWS if f"(behaviours.md#{row})" not in page] == [], "run make matrix"
