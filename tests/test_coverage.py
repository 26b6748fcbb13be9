# SPDX-License-Identifier: GPL-2.0
"""What make coverage makes of what ran: too little fails it, and so does what has no reason."""

from dataclasses import replace
from pathlib import Path

import pytest
from uncovered import REASONS

from harness.commands import coverage_kmod
from harness.host.errors import HarnessError
from harness.host.paths import TOP
from harness.observe import coverage, gcov, kmodpage, loaderpage
from harness.observe.coverage import Reason
from harness.observe.gcov import Line
from harness.observe.loaderpage import Unreached

FILE = "core_mod/walk.c"
RAN = [Line(number, f"ran({number});", "walk", 3, (1, 2)) for number in range(1, 100)]
NEVER = Line(100, "return -EIO;", "walk", 0, ())
HALF = Line(101, "if (odd)", "walk", 5, (5, 0))


def reason(line: Line, **changes: str) -> Reason:
    """A reason for that line; one that is changed is for another."""
    fields = {"file": FILE, "function": line.function, "text": line.text, **changes}
    return Reason(fields["file"], fields["function"], fields["text"], "it cannot happen here")


def test_all_that_ran_needs_no_reason() -> None:
    assert coverage.judge({FILE: RAN}, []) == []


def test_what_has_its_reason_is_let_pass() -> None:
    assert coverage.judge({FILE: [*RAN, NEVER, HALF]}, [reason(NEVER), reason(HALF)]) == []


@pytest.mark.parametrize("line, how", [(NEVER, "never ran"),
                                       (HALF, "1 of 2 branches never taken")])
@pytest.mark.parametrize("changes", [{"file": "core_mod/file.c"}, {"function": "count"},
                                     {"text": "return -EINVAL;"}])
def test_what_has_no_reason_is_told(line: Line, how: str, changes: dict[str, str]) -> None:
    assert coverage.judge({FILE: [*RAN, line]}, []) == [
        f"{FILE}:{line.number}: {how}, without a reason: {line.text}"]
    # Another line's reason is none, and is stale besides.
    assert len(coverage.judge({FILE: [*RAN, line]}, [reason(line, **changes)])) == 2


@pytest.mark.parametrize("line", [NEVER, HALF])
def test_a_reason_for_what_is_covered_is_told(line: Line) -> None:
    ran = Line(line.number, line.text, line.function, 1, (1,))
    assert coverage.judge({FILE: [*RAN, ran]}, [reason(line)]) == [
        f"tests/uncovered.py: {FILE}, walk(): this is covered, or is not there any more: "
        f"{line.text}"]


@pytest.mark.parametrize("count", [0, 1])
def test_what_happens_by_chance_may_have_run_or_not(count: int) -> None:
    line = Line(NEVER.number, NEVER.text, NEVER.function, count, (count,))
    assert coverage.judge({FILE: [*RAN, line]}, [replace(reason(line), by_chance=True)]) == []


def test_too_little_is_told_whatever_the_reasons() -> None:
    lines = coverage.judge({FILE: [*RAN[:90], *[NEVER] * 9]}, [reason(NEVER)])
    assert lines == ["too few lines ran: 90 of 99 (90.9 %), less than 95 %"]
    branches = coverage.judge({FILE: [*RAN[:9], *[HALF] * 9]}, [reason(HALF)])
    assert branches == ["too few branches ran: 27 of 36 (75.0 %), less than 85 %"]


def test_each_reason_is_of_a_line_that_is_there() -> None:
    for given in REASONS:
        source = (TOP / given.file).read_text(encoding="utf-8")
        texts = [line.strip() for line in source.splitlines()]
        assert given.text in texts, given


def test_our_own_headers_count_and_the_kernels_do_not() -> None:
    said = {"files": [{"file": f"/stage/{name}", "lines": [{"line_number": 7}]} for name in
                      ("core_mod/walk.c", "walker_mod/../core_mod/core_mod.h", "../usr/rcu.h")]}
    assert list(gcov.parse(said, Path("/stage"))) == [
        ("core_mod/walk.c", [{"line_number": 7}]), ("core_mod/core_mod.h", [{"line_number": 7}])]


def test_a_line_that_is_compiled_twice_is_covered_where_both_are() -> None:
    counted = [{"line_number": 1, "count": count, "branches": [{"count": count}]}
               for count in (3, 0)]
    (line,) = gcov.lines_of(TOP / FILE, counted)
    assert (line.count, line.branches, line.covered) == (3, (3, 0), False)


def ran(function: str, *counts: int) -> list[Line]:
    """Lines of one function that ran so often."""
    return [Line(number, "x();", function, count, ()) for number, count in enumerate(counts, 1)]


def test_the_page_of_the_loader_has_the_kernels_own_tests_beside_ours() -> None:
    file = "kernel/module/main.c"
    text = loaderpage.page("Linux 6.1", {file: ran("load_module", 2, 1, 0)},
                           {file: ran("load_module", 1, 0, 0)}, {"0001": True, "0012": False}, [
                               Unreached("load_module", "no memory")])
    assert f"| `{file}` | 2 of 3 (66.7 %) | 0 of 0 (100.0 %) | 1 of 3 (33.3 %) |" in text
    assert f"| `{file}` | `load_module()` | 1 | no memory |" in text
    assert "each of its tests once (1 of 2 passed, not 0012)" in text


def test_too_little_of_the_loader_is_told() -> None:
    loaderpage.judge({"kernel/params.c": ran("parse_args", *[1] * 9, 0)})
    with pytest.raises(HarnessError, match=r"9 of 11 \(81.8 %\) of the loader's lines ran"):
        loaderpage.judge({"kernel/params.c": ran("parse_args", *[1] * 9, 0, 0)})


def found(*removed: int, lsmod: tuple[int, ...] = (1,)) -> dict[str, list[Line]]:
    """Some of kmod's files: how often the lines of modprobe -r and of lsmod ran."""
    return {"tools/modprobe.c": [*ran("rmmod_all", *removed), *ran("insmod_all", 1)],
            "tools/lsmod.c": ran("do_lsmod", *lsmod), "tools/rmmod.c": ran("do_rmmod", 0),
            "tools/insmod.c": ran("do_insmod", 1), "libkmod/libkmod.c": ran("kmod_new", 0)}


def test_what_runs_of_kmod_is_counted_for_each_program() -> None:
    shares = {name: (share.ran, share.all) for name, share in
              kmodpage.programs(found(1, 0)).items()}
    # Of the tools, and not of the library.
    assert shares == {"all of tools/": (4, 6), "remove": (1, 2), "rmmod": (0, 1),
                      "insmod": (1, 1), "lsmod": (1, 1)}


def test_the_page_of_kmod_tells_what_only_its_own_tests_reach() -> None:
    text = kmodpage.page("30", "Linux", found(1, 0), found(0, 1), [
        Unreached("kmod_new", "no one calls it")])
    assert "| `tools/modprobe.c` | `rmmod_all()` | 1 | 1 |" in text
    assert "| `libkmod/libkmod.c` | `kmod_new()` | 1 | 0 | no one calls it |" in text
    assert "`do_lsmod()`" not in text


@pytest.mark.parametrize("ours, theirs, says", [
    (found(1, 1), found(0, 0), "less than 80 % of tools/ ran"),
    ({**found(1, 1), "tools/rmmod.c": ran("do_rmmod", 1)}, found(1, 1), "of remove kmod's own"),
])
def test_too_little_of_kmod_is_told(ours: dict[str, list[Line]], theirs: dict[str, list[Line]],
                                    says: str) -> None:
    enough = {**ours, "tools/depmod.c": ran("do_depmod", 0)}
    with pytest.raises(HarnessError, match=says):
        coverage_kmod.judge(enough if "less" in says else ours, theirs)
