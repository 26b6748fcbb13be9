# SPDX-License-Identifier: GPL-2.0
"""The files show what the mount that they are read from shows, whoever reads them."""

from collections.abc import Iterator

import pytest

from harness.guest.vm import VM
from harness.observe import holders, kernelstat, taskfiles
from harness.observe.holders import OWN_NAMESPACE, Held
from harness.observe.taskfiles import Process

# Process 1 of the namespace, and its two children.
INSIDE = {
    1: Process(1, 0, "S", b"holder", b"-"),
    2: Process(2, 1, "S", b"sleeper", b"holder"),
    3: Process(3, 1, "T", b"stopped", b"holder"),
}


@pytest.fixture
def tasks(suite: VM) -> Iterator[Held]:
    """Three processes in a pid namespace of their own, with a mount of /proc for it."""
    with holders.held(suite, b"holder", ("S", b"sleeper"), ("T", b"stopped"),
                      own_namespace=True) as held:
        yield held


def outer_pid(held: Held) -> int:
    """Return the pid of the namespace's process 1 in the initial one."""
    return int(held.proc.split("/")[2])


def numbers(vm: VM, pid: int) -> list[int]:
    """Return the pids of a process in each namespace that it is in, as the kernel has them."""
    return [int(word) for word in vm.sh(f"grep ^NSpid: /proc/{pid}/status").split()[1:]]


def totals(vm: VM, proc: str) -> tuple[int, int]:
    total = taskfiles.read_report(vm, proc)["TOTAL"]
    return total.processes, total.threads


def test_a_mount_shows_its_own_tasks_with_their_own_numbers(suite: VM, tasks: Held) -> None:
    """Read by a process that is not in the namespace: the mount decides, not the reader."""
    assert taskfiles.read_tasks(suite, tasks.proc) == INSIDE
    report = taskfiles.read_report(suite, tasks.proc)
    assert totals(suite, tasks.proc) == (3, 3)
    assert (report["TASK_INTERRUPTIBLE"].processes, report["TASK_STOPPED"].processes) == (2, 1)


def test_a_reader_inside_sees_the_same_and_itself(suite: VM, tasks: Held) -> None:
    """It came from outside, where its parent still is: PPID 0, and no name for that."""
    enter = ("nsenter", "-t", str(outer_pid(tasks)), "-p", "-m")
    listed = taskfiles.parse_tasks(suite.run(*enter, "cat", taskfiles.TASKS, check=True).out)
    (reader,) = set(listed) - set(INSIDE)
    assert listed == INSIDE | {reader: Process(reader, 0, "R", b"cat", b"-")}
    report = taskfiles.parse_report(suite.run(*enter, "cat", taskfiles.REPORT, check=True).out)
    assert report["TOTAL"] == taskfiles.Counts(4, 4)


def test_the_initial_mount_shows_them_with_their_outer_numbers(suite: VM, tasks: Held) -> None:
    listed = taskfiles.read_tasks(suite)
    holder = outer_pid(tasks)
    family = {pid: process for pid, process in listed.items()
              if pid == holder or process.ppid == holder}
    assert [(process.name, process.state) for process in family.values()] == [
        (process.name, process.state) for process in INSIDE.values()]
    assert [numbers(suite, pid) for pid in family] == [[pid, inner]
                                                       for pid, inner in zip(family, INSIDE)]
    assert listed[holder].parent == listed[listed[holder].ppid].name == b"unshare"
    # Workers of the kernel's may end meanwhile.
    counted = totals(suite, "/proc")[0]
    assert counted >= len(set(listed) & set(taskfiles.read_tasks(suite))) - 1


def test_a_file_opened_outside_shows_the_outside_to_a_reader_inside(suite: VM) -> None:
    script = (f"exec 3< {taskfiles.TASKS} 4< {taskfiles.REPORT}; "
              f"{' '.join(OWN_NAMESPACE)} "
              f"sh -c 'cat <&3; cat <&4; echo; cat {taskfiles.TASKS}; true'")
    outer, inner = suite.sh(script).split("\n\n")
    tasks_text, report_text = outer.split("STATE  ")
    outside = taskfiles.parse_tasks(tasks_text)
    assert (outside[1].name, outside[1].parent) == (b"agent", b"swapper/0")
    assert outside[2].name == b"kthreadd"
    assert taskfiles.parse_report("STATE  " + report_text + "\n")["TASK_IDLE"].processes > 0
    assert [process.name for process in taskfiles.parse_tasks(inner).values()] == [b"sh", b"cat"]


def test_a_file_opened_inside_shows_the_inside_to_a_reader_outside(suite: VM, tasks: Held) -> None:
    """Also while another mount, of the same files, shows something else."""
    out = suite.sh(f"cat {tasks.proc}/taskmods/tasks /proc/taskmods/tasks")
    inside, outside = map(taskfiles.parse_tasks,
                          taskfiles.split_readings(out, taskfiles.TASKS_HEADER))
    assert inside == INSIDE
    assert outside[1].name == b"agent" and outer_pid(tasks) in outside


def test_a_namespace_within_a_namespace_is_seen_from_between(suite: VM) -> None:
    """Its processes have a number of each; the outer one's parent is known in the middle."""
    tasks = f"tasks {holders.hexname(b'deep')} S:{holders.hexname(b'leaf')}"
    inner = f"{' '.join(OWN_NAMESPACE)} {tasks}"
    job = suite.start(*OWN_NAMESPACE, "sh", "-c", f"{inner}; true")
    job.expect("ready\n")
    middle = next(pid for pid, stat in kernelstat.read_stats(suite).items() if stat.ppid == job.pid)
    listed = taskfiles.read_tasks(suite, f"/proc/{middle}/root/proc")
    job.finish()
    assert [(process.pid, process.ppid, process.name, process.parent)
            for process in listed.values()] == [
        (1, 0, b"sh", b"-"), (2, 1, b"unshare", b"sh"), (3, 2, b"deep", b"unshare"),
        (4, 3, b"leaf", b"deep")]


def test_a_mount_whose_namespace_has_died_is_empty(suite: VM) -> None:
    suite.sh("mkdir -p /tmp/dead; unshare -p -f mount -t proc proc /tmp/dead")
    tasks_text = suite.read("/tmp/dead/taskmods/tasks")
    report = taskfiles.read_report(suite, "/tmp/dead")
    suite.sh("umount /tmp/dead")
    assert taskfiles.parse_tasks(tasks_text) == {}
    assert set(report.values()) == {taskfiles.Counts(0, 0)}
