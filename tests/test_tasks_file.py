# SPDX-License-Identifier: GPL-2.0
"""/proc/taskmods/tasks lists every process: its pid, its parent's, its state, and both names."""

from collections.abc import Callable

import pytest

from harness import procfs
from harness.procfs import Process, Stat
from harness.vm import VM

# As `tasks` holds them: what is asked for, and the letter that is shown.
SHOWN = {"R": "R", "S": "S", "D": "D", "T": "T", "t": "t", "Z": "Z", "L": "Z", "M": "S"}
KTHREADD = 2


def test_begins_with_the_header(suite: VM) -> None:
    assert suite.read(procfs.TASKS).startswith("PID\tPPID\tSTATE\tCOMM\tPARENT\n1\t")


def test_every_line_has_its_five_fields_in_ascending_order(suite: VM) -> None:
    """parse_tasks() is strict; what it read, written again, must be what was read."""
    text = suite.read(procfs.TASKS)
    parsed = procfs.parse_tasks(text)
    assert list(parsed) == sorted(parsed)
    assert [line.count("\t") for line in text.splitlines()] == [4] * (len(parsed) + 1)
    assert [int(line.split("\t")[0]) for line in text.splitlines()[1:]] == list(parsed)


def read_between(vm: VM) -> tuple[dict[int, Stat], dict[int, Process], dict[int, Stat], int]:
    """Return the kernel's list, ours, the kernel's again, and the pid of who read ours."""
    before = procfs.read_stats(vm)
    reader = vm.start("cat", procfs.TASKS)
    listed = procfs.parse_tasks(reader.wait().out)
    return before, listed, procfs.read_stats(vm), reader.pid


def test_every_process_is_listed_once_as_the_kernel_lists_it(suite: VM) -> None:
    """Kernel threads may come or go between two readings, but an idle one stays for minutes."""
    before, listed, after, reader = read_between(suite)
    lived = procfs.lived_through(before, after)
    assert 1 in lived and KTHREADD in lived
    assert set(lived) <= set(listed)
    assert set(listed) - set(before) - set(after) == {reader}
    for pid, stat in lived.items():
        assert stat.has_name(listed[pid].name), (stat, listed[pid])
        assert listed[pid].ppid == stat.ppid


def test_parent_is_the_name_of_the_process_ppid(suite: VM) -> None:
    listed = procfs.read_tasks(suite)
    names = {process.pid: process.name for process in listed.values()}
    names[0] = b"swapper/0"
    assert listed[1].ppid == listed[KTHREADD].ppid == 0
    assert [process for process in listed.values() if process.parent != names[process.ppid]] == []


@pytest.mark.parametrize("asked", SHOWN)
def test_state_is_the_letter_of_the_kernels_stat(suite: VM, asked: str) -> None:
    with procfs.held(suite, b"holder", (asked, b"held")) as tasks:
        (pid,) = tasks.pids
        listed = procfs.read_tasks(suite)[pid]
        assert procfs.read_stats(suite)[pid].state == listed.state == SHOWN[asked]
        assert listed == Process(pid, tasks.pid, SHOWN[asked], b"held", b"holder")


def test_threads_are_not_listed(suite: VM) -> None:
    with procfs.held(suite, b"holder", ("M", b"held")) as tasks:
        threads = {pid: stat for pid, stat in procfs.read_stats(suite, threads=True).items()
                   if stat.name == b"held"}
        assert len(threads) == 5
        assert set(threads) & set(procfs.read_tasks(suite)) == set(tasks.pids)


def test_idle_kernel_threads_are_in_I(suite: VM) -> None:
    """A worker may run or wait just when we look, so only those idle before and after must be."""
    before, listed, after, _ = read_between(suite)
    idle = [pid for pid, stat in procfs.lived_through(before, after).items()
            if stat.state == after[pid].state == "I" and b"kworker" not in stat.name]
    assert idle
    assert {listed[pid].state for pid in idle} == {"I"}


def agent_adopts(vm: VM, family: int) -> tuple[int, bytes]:
    """The agent is process 1."""
    return 1, vm.read("/proc/1/comm").strip().encode()


def family_has_it(vm: VM, family: int) -> tuple[int, bytes]:
    """Not a thread of its own, nor a tracer."""
    return family, b"family"


@pytest.mark.parametrize("how, expected", [
    ("orphan", agent_adopts),
    ("subreaper", family_has_it),
    ("thread", family_has_it),
    ("traced", family_has_it),
])
def test_parent_is_who_has_the_process_now(
        suite: VM, how: str, expected: Callable[[VM, int], tuple[int, bytes]]) -> None:
    job = suite.start("family", how)
    child = int(job.expect("ready\n").split()[0])
    listed = procfs.read_tasks(suite)[child]
    ppid = procfs.read_stats(suite)[child].ppid
    job.finish()
    assert listed.name == b"child"
    assert (listed.ppid, listed.parent) == expected(suite, job.pid)
    assert listed.ppid == ppid
