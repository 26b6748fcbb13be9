# SPDX-License-Identifier: GPL-2.0
"""/proc/taskmods/tasks lists every process: its pid, its parent's, its state, and both names."""

from collections.abc import Callable

import pytest

from harness import procfs
from harness.procfs import Process
from harness.vm import VM

# As `tasks` holds them: what is asked for, and the letter that is shown.
SHOWN = {"R": "R", "S": "S", "D": "D", "T": "T", "t": "t", "Z": "Z", "L": "Z", "M": "S"}
KTHREADD = 2
MANY = 2000


def test_begins_with_the_header(suite: VM) -> None:
    assert suite.read(procfs.TASKS).startswith("PID\tPPID\tSTATE\tCOMM\tPARENT\n1\t")


def test_every_line_has_its_five_fields_in_ascending_order(suite: VM) -> None:
    """parse_tasks() is strict; what it read, written again, must be what was read."""
    text = suite.read(procfs.TASKS)
    parsed = procfs.parse_tasks(text)
    assert list(parsed) == sorted(parsed)
    assert [line.count("\t") for line in text.splitlines()] == [4] * (len(parsed) + 1)
    assert [int(line.split("\t")[0]) for line in text.splitlines()[1:]] == list(parsed)


def test_every_process_is_listed_once_as_the_kernel_lists_it(suite: VM) -> None:
    """Kernel threads may come or go between two readings, but an idle one stays for minutes."""
    pids = []

    def read() -> dict[int, Process]:
        reader = suite.start("cat", procfs.TASKS)
        pids.append(reader.pid)
        return procfs.parse_tasks(reader.wait().out)

    around = procfs.look_around(suite, read)
    listed = around.found
    assert {1, KTHREADD} <= set(around.lived) <= set(listed)
    assert set(listed) - set(around.before) - set(around.after) == set(pids)
    for pid, stat in around.lived.items():
        assert stat.has_name(listed[pid].name), (stat, listed[pid])
        assert listed[pid].ppid == stat.ppid
    assert {pid: listed[pid].state for pid in around.still} == {
        pid: stat.state for pid, stat in around.still.items()}


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


def test_thousands_are_listed(suite: VM) -> None:
    """More than are looked at in one go, and than fit a reader's buffer."""
    with procfs.crowd(suite, MANY) as pids:
        listed = procfs.read_tasks(suite)
    assert len(set(pids)) == MANY
    assert {pid: (listed[pid].name, listed[pid].parent) for pid in set(pids) & set(listed)} == {
        pid: (b"crowd", b"crowd") for pid in pids}


def test_threads_are_not_listed(suite: VM) -> None:
    with procfs.held(suite, b"holder", ("M", b"held")) as tasks:
        threads = {pid: stat for pid, stat in procfs.read_stats(suite, threads=True).items()
                   if stat.name == b"held"}
        assert len(threads) == 5
        assert set(threads) & set(procfs.read_tasks(suite)) == set(tasks.pids)


def test_idle_kernel_threads_are_in_I(suite: VM) -> None:
    """Of kernel threads, those that did nothing meanwhile."""
    around = procfs.look_around(suite, lambda: procfs.read_tasks(suite))
    idle = {pid for pid, stat in around.still.items() if stat.state == "I"}
    assert idle
    assert all(around.before[pid].kernel for pid in idle)
    assert {around.found[pid].state for pid in idle} == {"I"}


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
    child = int(job.expect(r"(\d+)\nready\n")[1])
    listed = procfs.read_tasks(suite)[child]
    ppid = procfs.read_stats(suite)[child].ppid
    job.finish()
    assert listed.name == b"child"
    assert (listed.ppid, listed.parent) == expected(suite, job.pid)
    assert listed.ppid == ppid
