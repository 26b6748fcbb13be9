# SPDX-License-Identifier: GPL-2.0
"""/proc/taskmods/report counts processes and threads by state, and its columns add up."""

import re
from collections import Counter

from harness.guest.vm import VM
from harness.observe import holders, kernelstat, taskfiles
from harness.observe.kernelstat import Stat
from harness.observe.taskfiles import REPORT_ROWS, Counts

ROWS = ["TASK_RUNNING", "TASK_INTERRUPTIBLE", "TASK_UNINTERRUPTIBLE", "TASK_STOPPED",
        "TASK_TRACED", "EXIT_DEAD", "EXIT_ZOMBIE", "TASK_PARKED", "TASK_IDLE", "TOTAL"]
READINGS = 60
MANY = 2000
NOTHING = Counts(0, 0)


def counts(found: dict[str, Counts]) -> dict[str, tuple[int, ...]]:
    """Return the rows that are not empty, as (processes, threads)."""
    return {row: (n.processes, n.threads) for row, n in found.items() if n != NOTHING}


def test_has_its_header_and_every_row_in_order_padded_with_spaces(suite: VM) -> None:
    """Numbers end where their column's head ends."""
    lines = suite.read(taskfiles.REPORT).splitlines()
    ends = {tuple(word.end() for word in re.finditer(r"[^ ]+", line))[1:] for line in lines}
    assert lines[0].split() == ["STATE", "PROCESSES", "THREADS"]
    assert [line.split()[0] for line in lines[1:]] == ROWS
    assert len(ends) == 1


def test_columns_add_up_in_every_reading_during_churn(suite: VM) -> None:
    """parse_report() raises where they do not."""
    churn = suite.start("churn", "4")
    churn.expect("ready\n")
    out = suite.sh(f"renice -n -15 $$; for i in $(seq {READINGS}); do cat {taskfiles.REPORT}; done")
    churn.finish()
    readings = [taskfiles.parse_report(text) for text in taskfiles.split_readings(out, "STATE ")]
    assert len(readings) == READINGS
    assert len({reading["TOTAL"].threads for reading in readings}) > 1


# What is held in a pid namespace of its own, by `tasks` as its process 1, and what the report of
# that namespace then is: nothing else is in there, so every figure is exact.
HOLDINGS: dict[str, tuple[str, dict[str, tuple[int, ...]]]] = {
    "none": ("", {"S": (1, 1)}),
    "running": ("RR", {"S": (1, 1), "R": (2, 2)}),
    "sleeping": ("SSS", {"S": (4, 4)}),
    # Each waits for a child by vfork(), which sleeps.
    "uninterruptible": ("DD", {"S": (3, 3), "D": (2, 2)}),
    "stopped": ("TTT", {"S": (1, 1), "T": (3, 3)}),
    "traced": ("tt", {"S": (1, 1), "t": (2, 2)}),
    "zombies": ("ZZZZ", {"S": (1, 1), "Z": (4, 4)}),
    "leader-exited": ("LL", {"S": (1, 3), "Z": (2, 2)}),
    "threads": ("MM", {"S": (3, 11)}),
    "all": ("RSDTtZLMMM", {"S": (6, 19), "R": (1, 1), "D": (1, 1), "T": (1, 1), "t": (1, 1),
                           "Z": (2, 2)}),
}


def test_counts_are_exact(suite: VM) -> None:
    found, exact = {}, {}
    for case, (asked, expected) in HOLDINGS.items():
        specs = [(state, b"held") for state in asked]
        with holders.held(suite, b"holder", *specs, own_namespace=True) as tasks:
            found[case] = counts(taskfiles.read_report(suite, tasks.proc))
        exact[case] = {REPORT_ROWS[state]: number for state, number in expected.items()}
        exact[case]["TOTAL"] = tuple(map(sum, zip(*expected.values())))
    assert found == exact


def test_thousands_are_counted(suite: VM) -> None:
    """More than are looked at in one go; some may not sleep yet."""
    with holders.crowd(suite, MANY, own_namespace=True) as tasks:
        found = counts(taskfiles.read_report(suite, tasks.proc))
    assert found["TOTAL"] == (MANY + 1, MANY + 1)
    assert set(found) <= {"TASK_RUNNING", "TASK_INTERRUPTIBLE", "TOTAL"}


# Beside what a machine does by itself: its kernel threads go between S, I, R and sometimes D, and
# the reader and the agent between R and S. None of them is ever in these.
STEADY = "TtZXP"


def test_difference_is_exact_in_the_states_that_nothing_else_is_in(suite: VM) -> None:
    before = taskfiles.read_report(suite)
    with holders.held(suite, b"holder", *[(state, b"held") for state in "TTTttZZZZL"]):
        after = taskfiles.read_report(suite)
    difference = {
        state: (after[row].processes - before[row].processes,
                after[row].threads - before[row].threads)
        for state, row in REPORT_ROWS.items() if state in STEADY}
    assert difference == {"T": (3, 3), "t": (2, 2), "Z": (5, 5), "X": (0, 0), "P": (0, 0)}


def check_column(found: dict[str, Counts], column: str, lived: list[Stat], still: list[Stat],
                 passing: int) -> None:
    """Hold a column against the kernel's list of tasks.

    Besides those that lived through there are the reader, and maybe as many kernel threads as were
    `passing`. Of all that did not stand still, any state may have been counted.
    """
    total = getattr(found["TOTAL"], column)
    least = Counter(stat.state for stat in still)
    moving = total - len(still)
    assert 0 <= total - len(lived) - 1 <= passing
    for state, row in REPORT_ROWS.items():
        assert least[state] <= getattr(found[row], column) <= least[state] + moving, row


def test_agrees_with_the_kernels_own_list_of_threads(suite: VM) -> None:
    """The sum exactly; each state by as many as stood still, which nearly all of them do."""
    specs = [(state, b"held") for state in "SSDTtZLMMMM"]
    with holders.held(suite, b"holder", *specs):
        # A kernel thread that lives through the reading may be new at first, or gone at last.
        leaders = set(kernelstat.read_stats(suite))
        around = kernelstat.look_around(suite, lambda: taskfiles.read_report(suite), threads=True)
        leaders |= set(kernelstat.read_stats(suite))
    lived, still = list(around.lived.values()), list(around.still.values())
    assert len(still) > len(lived) * 3 // 4
    check_column(around.found, "threads", lived, still, around.passing)
    check_column(around.found, "processes", [stat for stat in lived if stat.pid in leaders],
                 [stat for stat in still if stat.pid in leaders], around.passing)


def test_log_carries_the_report_at_load(vm: VM) -> None:
    """The same header and rows, of which those are exact that nothing but `tasks` is in."""
    asked = "TTTttZZZZL"
    vm.run("modprobe", "walker_mod", check=True)
    with holders.held(vm, b"holder", *[(state, b"held") for state in asked]):
        mark = vm.log_end()
        vm.run("modprobe", "report_mod", check=True)
        lines = [record.text.removeprefix("report_mod: ") for record in vm.log(mark)
                 if record.text.startswith("report_mod: ")]
        shown = vm.read(taskfiles.REPORT)
    vm.run("modprobe", "-r", "report_mod", "walker_mod", check=True)
    logged = taskfiles.parse_report("\n".join(lines) + "\n")
    in_file = taskfiles.parse_report(shown)
    assert lines[0] == shown.splitlines()[0]
    for row in (REPORT_ROWS[state] for state in STEADY):
        assert logged[row] == in_file[row]
    assert logged["EXIT_ZOMBIE"] == Counts(*[Counter(asked)["Z"] + Counter(asked)["L"]] * 2)
    assert logged["TASK_STOPPED"] == Counts(3, 3)
    # The loader is there instead of the file's reader, and all else stays.
    assert logged["TOTAL"] == in_file["TOTAL"]
