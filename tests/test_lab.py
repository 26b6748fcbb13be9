# SPDX-License-Identifier: GPL-2.0
"""The lab in a page: what it is made of, and a session in a real browser."""

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pagewords
import pytest
from behaviours import ROWS, SECTIONS
from browser import Browser, browser

from harness.catalogue import pages as catalogue
from harness.host import tools
from harness.host.paths import BUILD, TOP
from harness.lab import pages, rows, serve, userland, vendor

pytestmark = pytest.mark.host

SCREEN = ("[...Array(lab.terminal.buffer.active.length).keys()].map((line) => "
          "lab.terminal.buffer.active.getLine(line).translateToString(true)).join('\\n')")
RUNNING = "document.getElementById('status').dataset.status === 'running' && globalThis.lab"
LOADED = ("lab.model.modules.filter((module) => module.state === 'live')"
          ".map((module) => module.name)")
# What an idle host takes is a tenth of it; a browser here may have half a processor.
PATIENCE = 90.0


def test_a_chapter_tells_its_title_and_steps() -> None:
    text = "# Hello\n\n### 2.1 Build it\n\n```check\ntrue\n```\n### Not a step\n### 2.10 Load it\n"
    assert pages.chapter("02-hello.md", text) == {
        "file": "02-hello.md", "title": "Hello", "steps": ["2.1", "2.10"]}


def test_rows_for_the_page_are_those_that_a_shell_alone_can_show() -> None:
    shown = rows.page(ROWS)
    assert {"busy-open-file", "load-chain", "remove-chain"} <= set(shown)
    assert shown["busy-dependants"]["commands"] == [
        "modprobe report_mod", "rmmod core_mod", "modprobe -r core_mod",
        "modprobe -r report_mod walker_mod"]
    # Built by the host, and a guest of its own.
    assert {"elf", "list-tasks"} & set(shown) == set()


def test_what_a_package_was_built_from_is_in_its_changelog(tmp_path: Path) -> None:
    for name, head in (("libkmod2", "kmod (30+20221128-1) unstable; urgency=medium\n"),
                       ("bash", "not a changelog of Debian's\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "changelog.Debian.gz").write_bytes(gzip.compress(head.encode()))
    assert userland.documented(tmp_path) == {"libkmod2": "kmod 30+20221128-1"}


def test_versions_are_locked() -> None:
    """Those that package.json names are exact, and what comes has a checksum."""
    wanted = json.loads((TOP / "site/package.json").read_text(encoding="utf-8"))
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert vendor.packages()[name] == version
    lock = json.loads((TOP / "site/package-lock.json").read_text(encoding="utf-8"))
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_both_languages_say_the_same_things() -> None:
    """Each name that the page asks for is there in both, with as many parts that differ."""
    english, chinese = pagewords.words(TOP / "site/js/words.js")
    assert english.keys() == chinese.keys() and len(english) > 40
    for name, said in english.items():
        assert pagewords.differing(said) == pagewords.differing(chinese[name]), name
    assert pagewords.asked_by(TOP / "site/index.html") <= english.keys()


@pytest.fixture(scope="session")
def site() -> Path:
    """The site, made as make site does."""
    tools.install("browser")
    return pages.make(ROWS, lambda site: catalogue.write(site, SECTIONS))


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where a server of it is."""
    with serve.running(site) as there:
        yield there


@pytest.fixture
def page(address: str) -> Iterator[Browser]:
    """The page in a browser, once its kernel runs."""
    with browser() as one:
        one.open(address)
        one.wait(RUNNING, PATIENCE)
        one.wait(f"{SCREEN}.includes('#')", PATIENCE)
        yield one
        assert one.complaints() == []


def type_line(page: Browser, line: str) -> None:
    page.run("lab.machine.type(arguments[0] + '\\r')", line)


def picture(page: Browser, name: str) -> None:
    """Keep a picture of the page, for who looks at it."""
    (BUILD / "pictures").mkdir(parents=True, exist_ok=True)
    page.picture(BUILD / "pictures" / f"{name}.png")


@pytest.mark.slow
def test_a_session(page: Browser, address: str) -> None:
    """Modules come, are drawn as the kernel says, are refused to go, and go; and Reset."""
    page.size(1280, 720)
    type_line(page, "modprobe report_mod; lsmod")
    page.wait(f"String({LOADED}.sort()) === 'core_mod,report_mod,walker_mod'", PATIENCE)
    page.wait(f"/core_mod +\\d+ +2 +(walker_mod,report_mod|report_mod,walker_mod)/"
              f".test({SCREEN})", PATIENCE)
    page.wait("document.querySelectorAll('#graph .node.module').length === 3", 5)
    edges = page.run("return [...document.querySelectorAll('#graph .edge')].map((edge) => "
                     "`${edge.dataset.from} ${edge.dataset.to}`).sort()")
    assert edges == ["report_mod core_mod", "walker_mod core_mod"]
    assert page.run("return lab.model.groups.find((group) => "
                    "group.command === 'modprobe report_mod').events"
                    ".filter((event) => event.type === 'load').map((event) => event.module)") == [
        "core_mod", "walker_mod", "report_mod"]

    type_line(page, "exec 3< /proc/taskmods/tasks")
    page.wait("document.querySelector('#graph .holder')?.textContent.includes('bash')", PATIENCE)
    type_line(page, "rmmod walker_mod")
    page.wait("document.querySelector('#timeline .refusal')", PATIENCE)
    refused = page.run("return lab.model.groups.findLast((group) => group.refused)")
    assert refused["command"] == "rmmod walker_mod"
    assert refused["refused"]["modules"] == ["walker_mod"]
    assert [keeper.partition(" ")[0] for keeper in refused["refused"]["keepers"]] == ["bash"]
    page.run("return new Promise((done) => setTimeout(done, 3000))")
    picture(page, "lab")
    type_line(page, "exec 3<&-; modprobe -r report_mod walker_mod")
    page.wait("lab.model.modules.length === 0", PATIENCE)

    type_line(page, "modprobe report_mod")
    page.wait("lab.model.modules.length === 3", PATIENCE)
    page.run("document.getElementById('reset').click()")
    page.wait(f"{RUNNING} && lab.model.modules.length === 0 && {SCREEN}.trim() === '#'", PATIENCE)
    hosts = page.run("return performance.getEntriesByType('resource')"
                     ".map((entry) => new URL(entry.name).origin + '/')")
    assert set(hosts) == {address}
    assert page.run("return performance.getEntries().reduce((sum, entry) => "
                    "sum + (entry.transferSize ?? 0), 0)") < 13e6


@pytest.mark.slow
def test_links_open_where_they_say(page: Browser, address: str) -> None:
    page.open(f"{address}#row=busy-open-file")
    page.wait("document.querySelector('#chapter h2')", PATIENCE)
    assert page.run("return document.querySelector('#chapter h2').textContent") == (
        ROWS["busy-open-file"].title)
    page.run("document.querySelector('#chapter .typed').click()")
    page.wait("lab.model.modules.length > 0", PATIENCE)


@pytest.mark.nightly
@pytest.mark.parametrize("language", ("en", "zh"))
@pytest.mark.parametrize("width, height", ((1440, 900), (1024, 768), (390, 844)))
def test_how_it_looks(address: str, width: int, height: int, language: str) -> None:
    """Nothing jumps while it loads, nothing is wider than the screen, and axe finds nothing."""
    axe = (vendor.get() / "axe-core/axe.min.js").read_text(encoding="utf-8")
    with browser() as page:
        page.size(width, height, phone=width < 500)
        page.open(f"{address}?lang={language}")
        page.run("globalThis.shift = 0; new PerformanceObserver((list) => { for (const one of "
                 "list.getEntries()) globalThis.shift += one.value; })"
                 ".observe({ type: 'layout-shift', buffered: true })")
        page.wait(RUNNING, PATIENCE)
        type_line(page, "modprobe report_mod; rmmod core_mod")
        page.wait("lab.model.groups.some((group) => group.refused)", PATIENCE)
        page.run("return new Promise((done) => setTimeout(done, 3000))")
        page.run(axe)
        for theme in ("light", "dark"):
            page.run("document.documentElement.dataset.theme = arguments[0]; "
                     "return new Promise((done) => setTimeout(done, 700))", theme)
            for pane in (("guide", "modules", "events") if width < 500 else ("guide",)):
                page.run("document.body.dataset.pane = arguments[0]", pane)
                picture(page, f"{width}-{language}-{theme}-{pane}")
                found = page.run("return axe.run().then((done) => done.violations.map((one) => "
                                 "one.id + ': ' + one.nodes.map((node) => node.html).join(' ')))")
                assert found == []
        assert page.run("return document.documentElement.scrollWidth <= innerWidth")
        assert page.run("return globalThis.shift") < 0.02


@pytest.mark.slow
def test_what_is_missing_is_said_in_words(site: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    for path in site.iterdir():
        if path.name != "state.bin.zst":
            (tmp_path / "site" / path.name).symlink_to(path)
    with serve.running(tmp_path / "site") as there, browser() as page:
        page.open(f"{there}?lang=en")
        page.wait("document.getElementById('trouble').textContent", PATIENCE)
        assert page.run("return document.getElementById('trouble').textContent") == (
            "A file of this page is not there: state.bin.zst: 404. Whoever serves it must serve "
            "all of it.")


@pytest.mark.nightly
@pytest.mark.parametrize("language", tuple(pages.GUIDES))
def test_the_guide_to_its_end(site: Path, address: str, language: str) -> None:
    """Each step's commands are clicked, one after the other, and the kernel gets there."""
    chapters = json.loads((site / "guide/index.json").read_text(encoding="utf-8"))[language]
    with browser(language=language) as page:
        page.open(f"{address}?lang={language}")
        page.wait(RUNNING, PATIENCE)
        for step in (step for chapter in chapters for step in chapter["steps"]):
            page.run("location.hash = `step=${arguments[0]}`", step)
            section = f"document.querySelector('#step-{step.replace('.', chr(92) * 2 + '.')}')"
            page.wait(section, PATIENCE)
            for button in range(page.run(f"return {section}.querySelectorAll('.typed').length")):
                page.run(f"{section}.querySelectorAll('.typed')[{button}].click()")
                page.wait(f"/# $/.test({SCREEN}.trimEnd() + ' ')", PATIENCE)
            if not page.run(f"return {section}.querySelector('.mark').hidden"):
                page.wait(f"{section}.classList.contains('done')", PATIENCE)
        assert page.complaints() == []


MINUTES = 30


@pytest.mark.nightly
def test_the_tab_does_not_grow(page: Browser) -> None:
    """Half an hour of loads and unloads: the first minutes are not counted, as it warms up."""
    began, first = time.monotonic(), 0
    while time.monotonic() - began < MINUTES * 60:
        type_line(page, "modprobe report_mod && modprobe -r report_mod walker_mod")
        page.wait("lab.model.modules.length === 3", PATIENCE)
        page.wait("lab.model.modules.length === 0", PATIENCE)
        if not first and time.monotonic() - began > MINUTES * 60 / 6:
            first = page.memory()
    assert page.memory() < 1.2 * first
