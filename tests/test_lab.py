# SPDX-License-Identifier: GPL-2.0
"""The lab in a page: what it is made of, and a session in a real browser."""

import gzip
import json
from pathlib import Path

import pagewords
import pytest
from behaviours import ROWS
from browser import Browser, browser
from labpage import LOADED, PATIENCE, RUNNING, SCREEN, picture, rest, type_line

from harness.host.paths import TOP
from harness.lab import pages, rows, serve, userland, vendor

pytestmark = pytest.mark.host
pytest_plugins = ("labsite",)


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
    rest(page, 3000)
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
def test_a_permanent_module_is_held_by_whom_it_says(page: Browser) -> None:
    """Where the kernel lists a module's users it adds a word, which is none of them."""
    told = {"t": "state", "files": [], "modules": [
        {"name": "held", "size": 1, "refs": 1, "users": "[permanent],", "state": "Live"},
        {"name": "used", "size": 1, "refs": 1, "users": "user,[permanent],", "state": "Live"},
        {"name": "unused", "size": 1, "refs": 0, "users": "-", "state": "Live"}]}
    page.run(f"lab.model.hear({json.dumps(told)})")
    assert page.run("return lab.model.modules.map(({ users, nameless }) => [users, nameless])") == [
        [[], 0], [["user"], 0], [[], 1]]


@pytest.mark.slow
def test_links_open_where_they_say(page: Browser, address: str) -> None:
    page.open(f"{address}#row=busy-open-file")
    title = json.dumps(ROWS["busy-open-file"].title)
    page.wait(f"document.querySelector('#chapter h2')?.textContent === {title}", PATIENCE)
    page.run("document.querySelector('#chapter .typed').click()")
    page.wait("lab.model.modules.length > 0", PATIENCE)


# Types before the kernel is there; resolves with all the console wrote once it says what it must.
_EARLY = r"""
    const machine = new lab.machine.constructor();
    let wrote = "";
    const said = new Promise((done) => machine.addEventListener("console", ({ detail }) => {
        wrote += new TextDecoder().decode(detail);
        if (wrote.includes("early=42"))
            done(wrote);
    }));
    machine.type("echo early=$((6 * 7))\r");
    return machine.start().then(() => said);
"""


@pytest.mark.slow
def test_what_is_typed_too_early_waits_for_the_kernel(page: Browser) -> None:
    """A reader clicks a command while the download is still on its way."""
    assert page.run(_EARLY).count("early=42") == 1


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
