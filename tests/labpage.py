# SPDX-License-Identifier: GPL-2.0
"""What tests ask of the lab's page in a browser, and do there."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from browser import Browser

from harness.host import tools
from harness.host.paths import BUILD
from harness.lab import vendor

if TYPE_CHECKING:
    from firefox import Firefox

SCREEN = ("[...Array(lab.terminal.buffer.active.length).keys()].map((line) => "
          "lab.terminal.buffer.active.getLine(line).translateToString(true)).join('\\n')")
RUNNING = "document.getElementById('status').dataset.status === 'running' && globalThis.lab"
PROMPT = f"{RUNNING} && {SCREEN}.trim() === '#'"
LOADED = ("lab.model.modules.filter((module) => module.state === 'live')"
          ".map((module) => module.name)")
DRAWN = "document.querySelectorAll('#graph .node.module:not(.gone)').length"
# What an idle host takes is a tenth of it; a browser here may have half a processor.
PATIENCE = 90.0


def in_firefox() -> AbstractContextManager["Firefox"]:
    """A context with a Firefox, which is installed at first."""
    tools.install("firefox")
    # It needs what was just installed.
    import firefox
    return firefox.firefox()


def type_line(page: Browser, line: str) -> None:
    """Type a line at the terminal."""
    page.run("lab.machine.type(arguments[0] + '\\r')", line)


def rest(page: Browser, milliseconds: int) -> None:
    """Let what moves in a page come to rest."""
    page.run("return new Promise((done) => setTimeout(done, arguments[0]))", milliseconds)


def theme(page: Browser, name: str) -> None:
    """Have a page light or dark, once its colors have changed."""
    page.run("document.documentElement.dataset.theme = arguments[0]", name)
    rest(page, 500)


def picture(page: Browser, name: str) -> None:
    """Keep a picture of the page, for who looks at it."""
    (BUILD / "pictures").mkdir(parents=True, exist_ok=True)
    page.picture(BUILD / "pictures" / f"{name}.png")


def axe() -> str:
    """Return the script that finds what is not accessible."""
    return (vendor.get() / "axe-core/axe.min.js").read_text(encoding="utf-8")


def not_accessible(page: Browser) -> list[str]:
    """Return what axe finds, once its script has run in the page."""
    found: list[str] = page.run(
        "return axe.run().then((done) => done.violations.map((one) => "
        "one.id + ': ' + one.nodes.map((node) => node.html).join(' ')))")
    return found


# Counts how far what is shown moves while nobody has touched the page, and notes what moves.
WATCH_SHIFTS = """
    globalThis.shifts = [];
    const name = (node) => node?.id ? "#" + node.id
        : `${node?.nodeName} ${node?.textContent?.slice(0, 20)} in #${node?.closest?.("[id]")?.id}`;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries())
            if (!one.hadRecentInput)
                shifts.push({ value: one.value, moved: one.sources.map((source) =>
                    `${name(source.node)} ${JSON.stringify(source.previousRect)} -> ${
                        JSON.stringify(source.currentRect)}`) });
    }).observe({ type: "layout-shift", buffered: true });
"""


def moved(page: Browser) -> tuple[float, list[str]]:
    """Return how far what is shown has moved since WATCH_SHIFTS, and what did."""
    shifts = page.run("return shifts")
    return (sum(one["value"] for one in shifts),
            [f"{one['value']:.3f}: {what}" for one in shifts for what in one["moved"]])
