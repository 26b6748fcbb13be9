# SPDX-License-Identifier: GPL-2.0
"""/proc/taskmods/tasks lists every process: its pid, its parent's, its state, and both names."""

import pytest

from harness.guest.vm import VM
from harness.observe import holders, kernelstat, taskfiles
from harness.observe.taskfiles import Counts, Process

# As `tasks` holds them: what is asked for, and the letter that is shown.
SHOWN = {"R": "R", "S": "S", "D": "D", "T": "T", "t": "t", "Z": "Z", "L": "Z", "M": "S"}
KTHREADD = 2
MANY = 2000


def test_begins_with_the_header(suite: VM) -> None:
    assert suite.read(taskfiles.TASKS).startswith(f"{taskfiles.TASKS_HEADER}\n1\t")


def test_every_line_has_its_fields_in_ascending_order(suite: VM) -> None:
    """parse_tasks() is strict; what it read, written again, must be what was read."""
    text = suite.read(taskfiles.TASKS)
    parsed = taskfiles.parse_tasks(text)
    assert list(parsed) == sorted(parsed)
    tabs = len(taskfiles.TASKS_COLUMNS) - 1
    assert [line.count("\t") for line in text.splitlines()] == [tabs] * (len(parsed) + 1)
    assert [int(line.split("\t")[0]) for line in text.splitlines()[1:]] == list(parsed)


def test_every_process_is_listed_once_as_the_kernel_lists_it(suite: VM) -> None:
    """Kernel threads may come or go between two readings, but an idle one stays for minutes."""
    pids = []

    def read() -> dict[int, Process]:
        reader = suite.start("cat", taskfiles.TASKS)
        pids.append(reader.pid)
        return taskfiles.parse_tasks(reader.wait().out)

    around = kernelstat.look_around(suite, read)
    listed = around.found
    assert {1, KTHREADD} <= set(around.lived) <= set(listed)
    assert set(listed) - set(around.before) - set(around.after) == set(pids)
    for pid, stat in around.lived.items():
        assert stat.has_name(listed[pid].name), (stat, listed[pid])
        assert listed[pid].ppid == stat.ppid
    assert {pid: listed[pid].state for pid in around.still} == {
        pid: stat.state for pid, stat in around.still.items()}


def test_parent_is_the_name_of_the_process_ppid(suite: VM) -> None:
    listed = taskfiles.read_tasks(suite)
    names = {process.pid: process.name for process in listed.values()}
    names[0] = b"swapper/0"
    assert listed[1].ppid == listed[KTHREADD].ppid == 0
    assert [process for process in listed.values() if process.parent != names[process.ppid]] == []


def test_state_is_the_letter_of_the_kernels_stat(suite: VM) -> None:
    """As is all else of a line, in whatever state the process is."""
    with holders.held(suite, b"holder", *[(asked, b"held") for asked in SHOWN]) as tasks:
        listed = taskfiles.read_tasks(suite)
        stats = kernelstat.read_stats(suite)
    assert {asked: stats[pid].state for asked, pid in tasks.children} == SHOWN
    assert {asked: listed.get(pid) for asked, pid in tasks.children} == {
        asked: Process(pid, tasks.pid, SHOWN[asked], b"held", b"holder")
        for asked, pid in tasks.children}


def test_thousands_are_listed(suite: VM) -> None:
    """More than are looked at in one go, and than fit a reader's buffer."""
    with holders.crowd(suite, MANY) as tasks:
        listed = taskfiles.read_tasks(suite)
    assert len(set(tasks.pids)) == MANY
    assert [(listed[pid].name, listed[pid].parent) for pid in tasks.pids if pid in listed] == [
        (b"crowd", b"crowd")] * MANY


def test_threads_are_not_listed(suite: VM) -> None:
    with holders.held(suite, b"holder", ("M", b"held")) as tasks:
        threads = {pid: stat for pid, stat in kernelstat.read_stats(suite, threads=True).items()
                   if stat.name == b"held"}
        assert len(threads) == 5
        assert set(threads) & set(taskfiles.read_tasks(suite)) == set(tasks.pids)


def test_the_number_of_a_group_without_its_leader_is_no_task(suite: VM) -> None:
    """The kernel keeps it for the group: no process, and no thread, listed or counted."""
    with holders.leaderless_group(suite) as group:
        listed = taskfiles.read_tasks(suite, group.proc)
        threads = taskfiles.read_threads(suite, group.proc)
        report = taskfiles.read_report(suite, group.proc)
    assert [process.name for process in listed.values()] == [b"bash", b"sleep"]
    assert list(threads) == list(listed)
    assert set(listed) & set(group.pids) == set()
    assert report["TOTAL"] == Counts(2, 2)


def test_idle_kernel_threads_are_in_I(suite: VM) -> None:
    """Of kernel threads, those that did nothing meanwhile."""
    around = kernelstat.look_around(suite, lambda: taskfiles.read_tasks(suite))
    idle = {pid for pid, stat in around.still.items() if stat.state == "I"}
    assert idle
    assert all(around.before[pid].kernel for pid in idle)
    assert {around.found[pid].state for pid in idle} == {"I"}


@pytest.mark.parametrize("how, parent", [("orphan", b"agent"), ("subreaper", b"family"),
                                         ("thread", b"family"), ("traced", b"family")])
def test_parent_is_who_has_the_process_now(suite: VM, how: str, parent: bytes) -> None:
    """The agent, as process 1, where the forker has exited; never a thread, nor a tracer."""
    job = suite.start("family", how)
    child = int(job.expect(r"(\d+)\nready\n")[1])
    listed = taskfiles.read_tasks(suite)[child]
    ppid = kernelstat.read_stats(suite)[child].ppid
    job.finish()
    pids = {b"agent": 1, b"family": job.pid}
    assert listed == Process(child, pids[parent], listed.state, b"child", parent)
    assert ppid == pids[parent]
