# SPDX-License-Identifier: GPL-2.0
"""A guest's time runs as the host's, however busy the host was when the guest came up."""

import time

from harness.guest.vm import VM

# For how long the two are compared, and by how much of it they may differ.
SECONDS = 1.0
ROOM = 0.2


def test_its_seconds_are_the_hosts(vm: VM) -> None:
    """The guest waits for so long by its own clock; what it takes to ask is not in it."""
    def uptime() -> float:
        return float(vm.read("/proc/uptime").split()[0])

    earliest, first, latest = time.monotonic(), uptime(), time.monotonic()
    vm.run("sleep", str(SECONDS), check=True)
    soonest, last, now = time.monotonic(), uptime(), time.monotonic()
    assert (soonest - latest) * (1 - ROOM) <= last - first <= (now - earliest) * (1 + ROOM)


def test_a_kernel_waits_as_long_as_it_is_told(vm: VM) -> None:
    """On each processor: what it counts by while it waits is each one's own."""
    delay, records = 50, 10
    began, *ended = vm.sh(
        f"echo {delay} > /proc/sys/kernel/printk_delay; cut -d' ' -f1 /proc/uptime;"
        "for mask in 1 2; do taskset $mask bash -c '"
        f"for ((i = 0; i < {records}; i++)); do echo test_clock > /dev/kmsg; done;"
        "cut -d\" \" -f1 /proc/uptime' & done; wait; echo 0 > /proc/sys/kernel/printk_delay"
    ).split()
    assert min(map(float, ended)) - float(began) >= delay / 1000 * records
