# SPDX-License-Identifier: GPL-2.0
"""/proc/taskmods/threads lists every thread: its process, state, user, control group, last run."""

import re

import pytest

from harness.guest.vm import VM
from harness.observe import holders, kernelstat, taskfiles
from harness.observe.taskfiles import Thread

USER = ("as", "1000", "1000")
OVERFLOW_UID = 65534
MANY = 2000
GROUP = "/tmp/cgroup/held"
# For how long a thread is seen to wait, in milliseconds.
WAIT = 300
LOOKS = 20


def test_begins_with_the_header(suite: VM) -> None:
    header = "PID\tTID\tSTATE\tUID\tCGROUP\tLASTRUN\tCOMM\n"
    assert suite.read(taskfiles.THREADS).startswith(f"{header}1\t1\t")


def test_every_thread_is_listed_once_as_the_kernel_lists_it(suite: VM) -> None:
    """Those that live through; the reader is one more."""
    specs = [(state, b"held") for state in "SDTtZLMM"]
    with holders.held(suite, b"holder", *specs):
        around = kernelstat.look_around(suite, lambda: taskfiles.read_threads(suite), threads=True)
        leaders = kernelstat.read_stats(suite)
    listed = around.found
    assert len(around.lived) > len(leaders) and set(around.lived) <= set(listed)
    assert len(set(listed) - set(around.lived)) <= 1 + around.passing
    for tid, stat in around.lived.items():
        assert stat.has_name(listed[tid].name), (stat, listed[tid])
        assert (listed[tid].pid == tid) == (tid in leaders)
    assert {tid: listed[tid].state for tid in around.still} == {
        tid: stat.state for tid, stat in around.still.items()}


def test_threads_have_their_processs_number(suite: VM) -> None:
    """In the namespace of the mount, as all numbers."""
    with holders.held(suite, b"holder", ("M", b"many"), ("L", b"left"), own_namespace=True) as held:
        listed = taskfiles.read_threads(suite, held.proc)
        shown = [(thread.pid, thread.state, thread.name) for thread in listed.values()]
        outside = taskfiles.read_threads(suite)
    (_, many), (_, left) = held.children
    assert sorted(shown) == [(1, "S", b"holder"), *[(many, "S", b"many")] * 5,
                             (left, "S", b"left"), (left, "Z", b"left")]
    assert sum(thread.name == b"many" for thread in outside.values()) == 5


def test_thousands_are_listed(suite: VM) -> None:
    with holders.crowd(suite, MANY, own_namespace=True) as tasks:
        listed = taskfiles.read_threads(suite, tasks.proc)
    assert list(listed) == [1, *tasks.pids]


def test_names_are_escaped(suite: VM) -> None:
    name = b"a\tb\nc\\\xff"
    with holders.held(suite, b"holder", ("S", name), own_namespace=True) as held:
        listed = taskfiles.read_threads(suite, held.proc)
    assert listed[held.pids[0]].name == name


def test_uid_is_the_effective_one_in_the_readers_user_namespace(suite: VM) -> None:
    """Who is not in that namespace is shown as nobody, as everywhere."""
    inside = ("unshare", "-U", "-r")
    mine = suite.start(*USER, "sh", "-c", "echo ready; read line")
    mine.expect("ready")
    outer = taskfiles.read_threads(suite)
    seen = suite.run(*USER, *inside, "cat", taskfiles.THREADS, check=True)
    inner = taskfiles.parse_threads(seen.out)
    mine.finish()
    assert (outer[1].uid, outer[mine.pid].uid) == (0, 1000)
    assert (inner[1].uid, inner[mine.pid].uid) == (OVERFLOW_UID, 0)


@pytest.mark.needs("CONFIG_CGROUPS")
def test_cgroup_is_its_directorys_inode(suite: VM) -> None:
    suite.sh(f"mkdir -p /tmp/cgroup; mount -t cgroup2 none /tmp/cgroup; mkdir {GROUP}")
    with holders.held(suite, b"holder", ("M", b"many"), ("S", b"other")) as held:
        many, other = held.pids
        suite.sh(f"echo {many} > {GROUP}/cgroup.procs")
        listed = taskfiles.read_threads(suite)
        top, group = map(int, suite.sh(f"stat -c %i /tmp/cgroup {GROUP}").split())
    # What was killed is in its group until it is reaped and gone.
    suite.sh(f"until rmdir {GROUP} 2> /dev/null; do :; done; umount /tmp/cgroup")
    # A 32-bit kernel has room for the lower half alone in an inode's number.
    bits = -1 if "CONFIG_64BIT" in suite.parts.kernel.options else 0xFFFFFFFF
    assert {thread.cgroup & bits for thread in listed.values() if thread.pid == many} == {group}
    assert listed[other].cgroup & bits == listed[1].cgroup & bits == top != group


@pytest.mark.needs("CONFIG_SCHED_INFO")
def test_lastrun_grows_while_a_thread_waits(suite: VM) -> None:
    """It grows by what the clock does, in any state but on a processor."""
    look = f"cat /proc/uptime {taskfiles.THREADS} /proc/uptime"
    with holders.held(suite, b"holder", *[(state, b"held") for state in "SDTtZ"]) as held:
        out = suite.sh(f"{look}; sleep {WAIT / 1000}; {look}")
    looks = [(float(before), taskfiles.parse_threads(text), float(after)) for before, text, after in
             re.findall(r"^([\d.]+) [\d.]+\n(PID.*?\n)([\d.]+) [\d.]+\n", out,
                        re.DOTALL | re.MULTILINE)]
    (first, early, then), (last, late, now) = looks
    # The clocks have different steps.
    least, most = 1000 * (last - then) - 20, 1000 * (now - first) + 20
    assert least >= WAIT / 2
    for state, pid in held.children:
        shorter, longer = early[pid].lastrun, late[pid].lastrun
        assert shorter is not None and longer is not None
        assert least <= longer - shorter <= most, (state, shorter, longer)


@pytest.mark.needs("CONFIG_SCHED_INFO")
def test_lastrun_is_nothing_for_a_thread_on_a_processor(suite: VM) -> None:
    """The reader always is."""
    reader = suite.start("sh", "-c", f"for i in $(seq {LOOKS}); do cat {taskfiles.THREADS}; done")
    readings = taskfiles.split_readings(reader.wait().out, taskfiles.THREADS_HEADER)
    cats = [thread for text in readings for thread in taskfiles.parse_threads(text).values()
            if thread.name == b"cat"]
    assert len(cats) == LOOKS
    assert {(thread.state, thread.lastrun) for thread in cats} == {("R", 0)}


def test_lastrun_is_unknown_of_a_thread_that_has_not_run(suite: VM) -> None:
    child, _, text = suite.run("newborn", taskfiles.THREADS, check=True).out.partition("\n")
    born = taskfiles.parse_threads(text)[int(child)]
    assert born == Thread(born.tid, born.tid, "R", 0, born.cgroup, None, b"newborn")
