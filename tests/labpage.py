# SPDX-License-Identifier: GPL-2.0
"""The lab's page for tests: made as make site does, served, and opened; a plugin with fixtures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from behaviours import ROWS, SECTIONS
from browser import Browser, browser

from harness.catalogue import pages as catalogue
from harness.host import cache, tools
from harness.host.paths import BUILD
from harness.lab import pages, serve, vendor

SCREEN = ("[...Array(lab.terminal.buffer.active.length).keys()].map((line) => "
          "lab.terminal.buffer.active.getLine(line).translateToString(true)).join('\\n')")
RUNNING = "document.getElementById('status').dataset.status === 'running' && globalThis.lab"
PROMPT = f"{RUNNING} && {SCREEN}.trim() === '#'"
LOADED = ("lab.model.modules.filter((module) => module.state === 'live')"
          ".map((module) => module.name)")
DRAWN = "document.querySelectorAll('#graph .node.module:not(.gone)').length"
# What an idle host takes is a tenth of it; a browser here may have half a processor.
PATIENCE = 90.0


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The site, made as make site does: by one process for all that test."""
    base = tmp_path_factory.getbasetemp()
    made = (base if worker_id == "master" else base.parent) / "site-made"
    with cache.lock(made.with_suffix(".lock")):
        if not made.exists():
            tools.install("browser")
            pages.make(ROWS, lambda site: catalogue.write(site, SECTIONS))
            made.touch()
    return pages.PLACE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where a server of it is."""
    with serve.running(site) as there:
        yield there


@pytest.fixture
def page(address: str) -> Iterator[Browser]:
    """The page in a browser, once its kernel has a prompt."""
    with browser() as one:
        one.open(f"{address}?lang=en")
        one.wait(PROMPT, PATIENCE)
        yield one
        assert one.complaints() == []


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
