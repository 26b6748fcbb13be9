# SPDX-License-Identifier: GPL-2.0
"""How long the lab in a page takes on a host that is idle; and a tab over half an hour."""

import os
import time
from collections.abc import Callable

import pytest
from browser import Browser, browser
from labpage import DRAWN, LOADED, PATIENCE, PROMPT, type_line

pytestmark = [pytest.mark.host, pytest.mark.nightly]
pytest_plugins = ("labsite",)

# Keeps figures with the test's result.
Record = Callable[[str, object], None]
MINUTES = 30.0
# The part of the processors' time that others may take where time is measured.
BUSY = 0.1
# Notes when the kernel's event of the last load was heard, and when the graph was right after it.
_WATCH = """
    globalThis.when = {};
    lab.machine.addEventListener("said", ({ detail }) => {
        if (detail.t === "load")
            when.at = Number(detail.at);
    });
    new MutationObserver(() => {
        if (%s === 3 && document.querySelectorAll("#graph .edge").length === 2)
            when.drawn ??= performance.now();
    }).observe(document.getElementById("graph"), { subtree: true, childList: true });
""" % DRAWN
# When it was what time in the kernel, whose log has the clock of its events: at the latest.
_CLOCK = r"""
    const asked = performance.now();
    return new Promise((done) => {
        lab.machine.addEventListener("said", ({ detail }) => {
            if (detail.t === "ran" && detail.id === "clock")
                done([asked, Number(detail.out.match(/\[ *(\d+\.\d+)\] now/)[1])]);
        });
        lab.machine.ask("run clock echo now > /dev/kmsg; dmesg | tail -n 1");
    });
"""


@pytest.fixture
def idle() -> None:
    """Nothing else runs; a test is skipped where something does, as beside other nightly ones."""
    def busy() -> tuple[int, int]:
        with open("/proc/stat", encoding="ascii") as file:
            times = [int(word) for word in file.readline().split()[1:9]]
        return sum(times) - times[3] - times[4], sum(times)

    before = busy()
    time.sleep(2)
    used, whole = (after - first for after, first in zip(busy(), before))
    if used > BUSY * whole:
        pytest.skip(f"the host is not idle: {used / whole:.0%} of {os.cpu_count()} processors")


@pytest.mark.usefixtures("idle")
def test_how_fast_it_is_on_an_idle_host(address: str, record_property: Record) -> None:
    """From nothing to a prompt, then to three modules, and the graph after the kernel's event."""
    with browser() as page:
        page.open(f"{address}?lang=en")
        page.wait(PROMPT, PATIENCE)
        cold = page.run("return performance.now()") / 1000
        transferred = page.run("return performance.getEntries().reduce((sum, entry) => "
                               "sum + (entry.transferSize ?? 0), 0)") / 1e6
        page.run(_WATCH)
        type_line(page, "modprobe report_mod")
        loading = page.wait(f"{LOADED}.length === 3", PATIENCE)
        page.wait("when.drawn", PATIENCE)
        asked, then = page.run(_CLOCK)
        when = page.run("return when")
    drawn = (when["drawn"] - asked) / 1000 - (when["at"] - then)
    record_property("figures", f"cold load {cold:.2f} s, {transferred:.1f} MB; modprobe "
                    f"{loading:.2f} s; graph {drawn:.2f} s after the event")
    assert cold < 3 and transferred <= 13
    assert loading < 3
    assert drawn < 0.5


def test_the_tab_does_not_grow(page: Browser, record_property: Record) -> None:
    """Half an hour of loads and unloads: the first minutes are not counted, as it warms up."""
    minutes = float(os.environ.get("MINUTES") or MINUTES)
    began, first, cycles = time.monotonic(), 0, 0
    while time.monotonic() - began < minutes * 60:
        type_line(page, "modprobe report_mod")
        page.wait(f"{LOADED}.length === 3", PATIENCE)
        type_line(page, "modprobe -r report_mod walker_mod")
        page.wait("lab.model.modules.length === 0", PATIENCE)
        cycles += 1
        if not first and time.monotonic() - began > minutes * 60 / 6:
            first = page.memory()
    last = page.memory()
    record_property("figures", f"{cycles} times in {minutes:g} minutes: {first / 1e6:.0f} MB, "
                    f"then {last / 1e6:.0f} MB")
    assert last < 1.2 * first
