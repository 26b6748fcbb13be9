# SPDX-License-Identifier: GPL-2.0
"""While tasks are born, renamed, orphaned and die, every reading is well formed and whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from harness.guest.agent import Job
from harness.guest.vm import VM
from harness.observe import kernelstat, taskfiles
from harness.observe.taskfiles import Process

READINGS = 20
FINDS = 5
# For a shell to come before all that churns, of which there is more than the guest has CPUs.
NICE = "-15"
FIRST = f"renice -n {NICE} $$;"
TORN_FROM = (6, 14)
A, B = b"A" * taskfiles.COMM_BYTES, b"B" * taskfiles.COMM_BYTES


@dataclass(frozen=True)
class Churn:
    """The job, and the pid of the task that changes its name all the time."""

    job: Job
    flipper: int


@pytest.fixture
def churn(vm: VM) -> Iterator[Churn]:
    """Four workers at it, from before the modules are loaded."""
    job = vm.start("churn", "4")
    flipper = int(job.expect(r"(\d+)\nready\n")[1])
    # It has its turns beside the readers, on however few CPUs.
    vm.run("renice", "-n", NICE, "-p", str(flipper), check=True)
    yield Churn(job, flipper)
    job.finish()


def reader(vm: VM, path: str, readings: int) -> Job:
    """Start a shell that reads a file so many times, before all others' turn."""
    return vm.start("sh", "-c", f"{FIRST} for i in $(seq {readings}); do cat {path}; done")


def torn_names_possible(vm: VM) -> bool:
    """Up to 6.13 the kernel changes and copies a name under a lock, and so do we."""
    match = re.match(r"(\d+)\.(\d+)", vm.parts.kernel.release)
    assert match
    return (int(match[1]), int(match[2])) >= TORN_FROM


def has_right_parent(process: Process, churn: int) -> bool:
    """Also while that one dies: the kernel's first two have none, and churn takes orphans."""
    return (process.ppid == 0) == (process.pid in (1, 2)) and (
        process.ppid != churn or process.parent == b"churn")


def test_every_reading_of_tasks_is_whole(churn: Churn, suite: VM) -> None:
    """parse_tasks() raises where a line is malformed, or a pid follows that is not greater."""
    lasting = kernelstat.lived_through(kernelstat.read_stats(suite), kernelstat.read_stats(suite))
    lasting = {pid: stat for pid, stat in lasting.items()
               if stat.kernel or stat.ppid in (0, 1, churn.job.pid)}
    readers = [reader(suite, taskfiles.TASKS, READINGS) for _ in range(2)]
    results = [job.wait() for job in readers]
    readings = [taskfiles.parse_tasks(text) for result in results
                for text in taskfiles.split_readings(result.out, taskfiles.TASKS_HEADER)]
    stayed = kernelstat.lived_through(lasting, kernelstat.read_stats(suite))
    assert {1, 2, churn.job.pid, churn.flipper} <= set(stayed)
    assert len(readings) == 2 * READINGS
    assert [set(stayed) - set(listed) for listed in readings if set(stayed) - set(listed)] == []
    assert [process for listed in readings for process in listed.values()
            if not has_right_parent(process, churn.job.pid)] == []
    names = {listed[churn.flipper].name for listed in readings}
    assert names == {A, B} or torn_names_possible(suite) and not set(b"".join(names)) - set(A + B)
    assert len({pid for listed in readings for pid in listed}) > len(stayed) + READINGS


def test_every_reading_of_the_report_adds_up(churn: Churn, suite: VM) -> None:
    """parse_report() raises where one does not."""
    readers = [reader(suite, taskfiles.REPORT, READINGS) for _ in range(2)]
    readings = [taskfiles.parse_report(text) for job in readers
                for text in taskfiles.split_readings(job.wait().out, "STATE ")]
    assert len(readings) == 2 * READINGS
    assert len({reading["TOTAL"].threads for reading in readings}) > 1
    assert all(reading["TOTAL"].threads >= reading["TOTAL"].processes for reading in readings)


def test_modules_come_and_go_meanwhile(churn: Churn, vm: VM) -> None:
    """Readers find the files or not, and what they find is whole; unloading may be refused.

    It goes on until each reader has found its file so many times.
    """
    readers = {
        path: vm.start("sh", "-c", f"{FIRST} n=0; until [ $n = {FINDS} ]; do cat {path} &&"
                       f" n=$((n + 1)); done; touch /tmp/found.{path.rpartition('/')[2]}")
        for path in (taskfiles.TASKS, taskfiles.REPORT)}
    said = vm.sh(f"{FIRST} until [ -e /tmp/found.tasks -a -e /tmp/found.report"
                 " -a \"$unloaded\" ]; do"
                 " modprobe report_mod && echo loaded || echo failed;"
                 " modprobe -r report_mod walker_mod && unloaded=yes && echo unloaded"
                 " || echo refused; done 2> /dev/null", timeout=60).split()
    results = {path: job.wait() for path, job in readers.items()}
    vm.sh("rm /tmp/found.*; modprobe report_mod; modprobe -r report_mod walker_mod")
    tasks = taskfiles.split_readings(results[taskfiles.TASKS].out, taskfiles.TASKS_HEADER)
    reports = taskfiles.split_readings(results[taskfiles.REPORT].out, "STATE ")
    assert {"loaded", "unloaded"} <= set(said) <= {"loaded", "unloaded", "refused"}
    assert (len(tasks), len(reports)) == (FINDS, FINDS)
    assert all({1, churn.flipper} <= set(taskfiles.parse_tasks(text)) for text in tasks)
    assert [text for text in reports if not taskfiles.parse_report(text)["TOTAL"].threads] == []
    for result in results.values():
        refusals = {line.rpartition(": ")[2] for line in result.err.splitlines()}
        assert refusals <= {"No such file or directory"}
