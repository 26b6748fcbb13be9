# SPDX-License-Identifier: GPL-2.0
"""The bench itself: whatever a guest does, a test ends in its time and says why."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.guest.places import FIXTURES_DIR
from harness.guest.qemu import Qemu
from harness.guest.recipe import Parts
from harness.guest.vm import VM
from harness.host import cache
from harness.host.errors import GuestError
from harness.host.paths import TOP
from harness.plugin import Boot

pytestmark = pytest.mark.host

CACHE = cache.root().parent


def has_ended(pid: int, within: float = 5) -> bool:
    """Whether the process ends in that time; it may have ended before."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([fd], [], [], within)[0])
    finally:
        os.close(fd)


def children(pid: int) -> list[int]:
    """Processes whose parent is `pid`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


DEATHS = {
    "panics": (("sh", "-c", "echo c > /proc/sysrq-trigger"), "sysrq triggered crash"),
    "warns": (("insmod", f"{FIXTURES_DIR}/warn.ko"), "told to warn"),
}


@pytest.mark.parametrize("guest", DEATHS)
def test_a_guest_that_dies_is_an_error_with_its_console(boot: Boot, guest: str) -> None:
    vm = boot()
    began = time.monotonic()
    command, says = DEATHS[guest]
    with pytest.raises(GuestError, match=f"(?s)the guest ended.*end of its console.*{says}"):
        vm.run(*command)
    assert time.monotonic() - began < 10
    vm.close()
    assert has_ended(vm.qemu.pid, within=0)


def test_a_guest_that_hangs_is_an_error_in_its_time(boot: Boot, parts: Parts) -> None:
    vm = boot()
    given = 2 * parts.kernel.patience
    began = vm.qemu.clock()
    with pytest.raises(GuestError,
                       match=f"(?s)was silent.*insmod.*within {given:g} s.*end of its console"):
        vm.run("insmod", f"{FIXTURES_DIR}/hang.ko", timeout=2)
    assert vm.qemu.clock() - began < given + 2
    vm.close()
    assert has_ended(vm.qemu.pid, within=0)


# Each wants the same processor all the time.
HOG = ("sh", "-c", "while :; do :; done")
HOGS = 3


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(),
                    reason="the host does not tell how long a process waited for a processor")
def test_a_guest_is_not_silent_because_the_host_is_busy(boot: Boot, parts: Parts) -> None:
    """What it has to wait for a processor is not taken off its time."""
    vm = boot()
    given = 0.5 * parts.kernel.patience
    cpu = min(os.sched_getaffinity(0))
    for thread in Path(f"/proc/{vm.qemu.pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {cpu})
    hogs = [subprocess.Popen(["taskset", "-c", str(cpu), *HOG], start_new_session=True)
            for _ in range(HOGS)]
    began, began_here = vm.qemu.clock(), time.monotonic()
    try:
        with pytest.raises(GuestError, match="was silent"):
            vm.run(*HOG, timeout=0.5)
        took, took_here = vm.qemu.clock() - began, time.monotonic() - began_here
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    assert took >= given
    assert took_here - took > given / 5


def test_a_guest_that_never_starts_is_an_error_in_its_time(boot: Boot, parts: Parts,
                                                           monkeypatch: pytest.MonkeyPatch
                                                           ) -> None:
    before = children(os.getpid())
    given = 2 * parts.kernel.patience
    looks: list[float] = []

    def look(vm: Qemu, clock: Callable[[Qemu], float] = Qemu.clock) -> float:
        looks.append(clock(vm))
        return looks[-1]

    monkeypatch.setattr(Qemu, "clock", look)
    with pytest.raises(GuestError,
                       match=f"(?s)no sign of the agent within {given:g} s.*its console"):
        boot(boot_timeout=2, files={"/opt/taskmods/agent": b"#!/bin/sh\nexec sleep 1000\n"})
    assert looks[-1] - looks[0] < given + 2
    assert children(os.getpid()) == before


def test_streams_and_status_are_kept_apart(vm: VM) -> None:
    result = vm.run("sh", "-c", "echo out; echo err >&2; exit 3")
    assert (result.status, result.out, result.err) == (3, "out\n", "err\n")
    assert vm.run("sh", "-c", "kill -KILL $$").status == -9
    missing = vm.run("no-such-command")
    assert (missing.status, missing.err) == (
        127, "agent: no-such-command: No such file or directory\n")


def test_what_goes_in_comes_out(vm: VM) -> None:
    """Nothing is lost, both ways at once: more than the shared memory holds, for two at a time."""
    assert vm.shares_memory
    data = bytes(range(256)) * (12 << 10)
    jobs = [vm.start("cat") for _ in range(2)]
    for job in jobs:
        job.send(data)
    results = [job.finish() for job in jobs]
    assert [result.out.encode(errors="surrogateescape") == data for result in results] == [True] * 2


@pytest.mark.slow
@pytest.mark.needs("CONFIG_SECURITY_LOCKDOWN_LSM")
def test_what_goes_in_comes_out_where_no_memory_is_shared(boot: Boot) -> None:
    """A kernel that is locked down lets nobody have it: there is the serial port."""
    guest = boot(append="lockdown=integrity")
    assert not guest.shares_memory
    data = bytes(range(256)) * 64
    result = guest.run("cat", stdin=data)
    assert result.out.encode(errors="surrogateescape") == data


@pytest.mark.slow
def test_what_the_agent_cannot_start_it_refuses(vm: VM) -> None:
    """And goes on: it is the guest's first program."""
    many = vm.run(*["true"] * 1025)
    assert (many.status, many.err) == (
        126, "agent: a command of no words, or of more than 1024\n")
    jobs = [vm.start("cat") for _ in range(64)]
    full = vm.run("true")
    assert (full.status, full.err) == (126, "agent: 64 commands run already: end some\n")
    for job in jobs:
        job.kill()
        job.wait()
    assert vm.run("true").status == 0


# Where the kernel lies in memory, which each boot has for itself.
PLACE = "grep ' _text$' /proc/kallsyms"


@pytest.mark.slow
def test_guests_of_one_boot_have_nothing_of_each_other(boot: Boot) -> None:
    """Each goes on from the moment that was saved; but its clock is right."""
    first, second = boot(), boot()
    assert first.sh(PLACE) == second.sh(PLACE)
    first.write("/root/left", b"by the first")
    assert second.run("test", "-e", "/root/left").status == 1
    second.sh("echo left by the second > /dev/kmsg")
    assert not any("left by" in record.text for record in boot().log())
    assert float(second.sh("date +%s")) == pytest.approx(time.time(), abs=2)


def test_commands_run_side_by_side(vm: VM) -> None:
    """One that waits for input does not keep another from running."""
    first = vm.start("sh", "-c", "read line; echo got $line")
    assert vm.run("echo", "second").out == "second\n"
    first.send(b"this\n")
    assert first.wait().out == "got this\n"


# What a test may leave behind: how, and what it then is told.
TROUBLE = ("WARNING: CPU: 0", "BUG: sleeping function",
           "rcu: INFO: rcu_preempt self-detected stall",
           "INFO: task cat:7 blocked for more than 120 seconds.")
LEFTOVERS = ("modprobe core_mod", "rm /lib/modules/*/modules.softdep",
             "echo > /etc/modprobe.d/my.conf", "echo 64 > /proc/sys/kernel/tainted",
             *(f"echo {text} > /dev/kmsg" for text in TROUBLE))
PROBLEMS = ("left the module core_mod loaded", "left taint bit 6 set",
            "left /etc/modprobe.d/my.conf", "left /proc/taskmods", "left /sys/module/core_mod",
            "took away /lib/modules/{release}/modules.softdep",
            *(f"the kernel log says: {text}" for text in TROUBLE))


def test_what_a_test_leaves_behind_fails_it_by_name(
        parts: Parts, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the next test has a fresh guest, in which nothing of that is left."""
    # Pytester has another home, where all would be downloaded once more.
    monkeypatch.setenv("XDG_CACHE_HOME", str(CACHE))
    pytester.makeconftest((TOP / "tests/conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(f"""
        def test_tidy(vm):
            vm.run("true", check=True)

        def test_untidy(vm):
            vm.sh({"; ".join(LEFTOVERS)!r})

        def test_after_it(vm):
            assert vm.read("/proc/modules") == ""
            assert vm.read("/proc/sys/kernel/tainted") == "0\\n"
    """)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=3, errors=1)
    told = [line for line in result.outlines if line.startswith("test_untidy ")]
    assert told == [f"test_untidy {problem.format(release=parts.kernel.release)}"
                    for problem in PROBLEMS]


def start_demo() -> tuple["subprocess.Popen[str]", int]:
    """make demo's program in a session of its own, once its guest is up; and its QEMU's pid."""
    # An environment of its own: what this test run was told by make is not for that one.
    # A run in the background of a script has its interrupts ignored, and so would this one.
    interruptible = ["env", "--default-signal=INT", sys.executable, "-m", "harness", "demo"]
    demo = subprocess.Popen(interruptible, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, start_new_session=True,
                            env={**os.environ, "PYTHONPATH": str(TOP / "tests")})
    assert demo.stdout is not None
    while "It is up" not in demo.stdout.readline():
        assert demo.poll() is None
    (qemu,) = children(demo.pid)
    return demo, qemu


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_ended_run_leaves_nothing(how: signal.Signals, tmp_path: Path,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a QEMU nor a file, also where the run itself could do nothing about it."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    demo, qemu = start_demo()
    demo.send_signal(how)
    _, err = demo.communicate(timeout=10)
    assert has_ended(qemu)
    assert list(tmp_path.iterdir()) == []
    if how == signal.SIGINT:
        assert demo.returncode == 130
        assert err.strip().splitlines()[-1] == "taskmods: interrupted; nothing is left running"
