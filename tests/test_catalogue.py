# SPDX-License-Identifier: GPL-2.0
"""The catalogue as pages: what they are told, and how they are used in a real browser."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pagewords
import pytest
from behaviours import ROWS, SECTIONS
from browser import Browser, browser

from harness.catalogue import behaviours, cost, matrix, messages, pages, transcripts
from harness.host import cli, tools
from harness.host.paths import BUILD, TOP
from harness.lab import pages as lab
from harness.lab import rows, serve, vendor
from harness.rows import matrixpage, page
from harness.rows.messages import table

pytestmark = pytest.mark.host

SITE = TOP / "site/catalogue"
PATIENCE = 60.0
# A row of which kernels differ, and one that no other kernel was shown of.
DIFFERS, ALIKE = "load-by-path", "busy-dependants"

PART = """\
a-row

<!-- a-row 0123456789ab -->
**A title.** What it
teaches.

On Linux 6.1, kmod 30:

```console
# lsmod
Module                  Size  Used by
# cat <<E
> a
> E
a
[exit status 1]
kern  :err   : first
[tracepoints]
module_load: core_mod
```

A note on
what comes.

```console
# lsmod
Module                  Size  Used by
core_mod               16384  0
# lsmod
Module                  Size  Used by
call> delete_module("core_mod", 0) = -1 EAGAIN
```

On Linux 7.3, kmod 34, what differs:

```console
kern  :warn  : 17 times second
# lsmod
Module                  Size  Used by
core_mod               12288  1
call> delete_module("core_mod", 0) = 0
# rmmod core_mod
```

Not on Linux 5.10, kmod 28: needs kmod >= 30, this is kmod 28.

The same on Linux 6.12, kmod 34; Linux 7.2,
kmod 34.
"""


def test_a_transcript_is_cut_into_commands() -> None:
    found = transcripts.read(PART)
    assert (found.kernel, found.others) == ("Linux 6.1, kmod 30", ["Linux 7.3, kmod 34"])
    assert found.same == ["Linux 6.12, kmod 34", "Linux 7.2, kmod 34"]
    assert found.without == {"Linux 5.10, kmod 28": "needs kmod >= 30, this is kmod 28"}
    assert [(part.typed, part.lines) for part in found.parts[:4]] == [
        (["# lsmod"], ["Module                  Size  Used by"]),
        (["# cat <<E", "> a", "> E"], ["a", "[exit status 1]"]),
        ([], ["kern  :err   : first"]), ([], ["[tracepoints]", "module_load: core_mod"])]
    assert found.parts[4].note == "A note on what comes."


def test_what_differs_stands_beside_what_it_is_most_like() -> None:
    """Of three commands that are the same the second one; what is like nothing is alone."""
    found = transcripts.read(PART)
    beside = [(part.typed or part.lines or part.note, other.typed or other.lines)
              for part in found.parts for other in part.others.values()]
    assert beside == [
        (["kern  :err   : first"], ["kern  :warn  : 17 times second"]),
        (["# lsmod"], ["# lsmod"]),
        (['call> delete_module("core_mod", 0) = -1 EAGAIN'],
         ['call> delete_module("core_mod", 0) = 0']),
        ("", ["# rmmod core_mod"])]
    assert not found.parts[0].others and found.parts[5].others
    assert found.parts[-1].is_of_others


def lines_of(parts: list[dict[str, Any]]) -> Iterator[str]:
    """All lines of a transcript, those of all kernels."""
    for part in parts:
        yield from (*part.get("typed", ()), *part.get("lines", ()))
        yield from lines_of(list(part.get("others", {}).values()))


def test_nothing_of_the_pages_of_behaviours_is_lost() -> None:
    """Each line between fences is in the row's transcript, as often; rows are in their sections."""
    told = behaviours.data(SECTIONS)
    shown = page.row_texts(page.behaviours())
    assert {section["title"]: [row["id"] for row in section["rows"]] for section in told} == {
        title: [row.id for row in those] for title, those in SECTIONS.items()}
    for row in (row for section in told for row in section["rows"]):
        fenced = re.findall(r"^```console\n(.*?)^```$", shown[row["id"]], re.MULTILINE | re.DOTALL)
        assert Counter(lines_of(row["parts"])) == Counter("".join(fenced).splitlines()), row["id"]
        assert row["kernel"] or not shown[row["id"]]
        # What is said of kernels is no note.
        assert not [part["note"] for part in row["parts"] if "note" in part
                    and re.match(r"(On|Not on|Not run on|The same on) Linux", part["note"])]


def test_rows_that_can_be_tried_are_those_that_the_lab_knows() -> None:
    told = [row for section in behaviours.data(SECTIONS)
            for row in section["rows"]]
    assert {row["id"] for row in told if row["try"]} == set(rows.page(ROWS))


def test_messages_and_rows_name_one_another() -> None:
    told = messages.data()
    assert [one["id"] for one in told] == [message.id for message in table()]
    said = {row["id"]: set(row["messages"]) for section in behaviours.data(SECTIONS)
            for row in section["rows"]}
    shown = {(row, one["id"]) for one in told for row in one.get("rows", ())}
    assert shown == {(row, one) for row, ids in said.items() for one in ids}
    assert ("busy-dependants", "in-use-by") in shown


def test_the_matrix_has_what_its_page_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    columns = {name: matrixpage.Column(
        (name, "6.1.0", "bookworm: 30", "1 passed", "1.0"), verdicts, {"test_load": counts})
        for name, verdicts, counts in (
            ("6.1-cloud", {"hello": ("passed", ""), "hellop": ("skipped", "needs a thing")},
             "1 of 2"), ("7.3-cloud", {"hello": ("failed", "")}, "skipped"))}
    monkeypatch.setattr(matrix, "PAGE", tmp_path / "matrix.md")
    assert matrix.data(SECTIONS)["kernels"] == []
    matrix.PAGE.write_text(matrixpage.write(columns, SECTIONS), encoding="utf-8")
    told = matrix.data(SECTIONS)
    assert [kernel["name"] for kernel in told["kernels"]] == ["6.1-cloud", "7.3-cloud"]
    first, second, third = told["sections"][0]["rows"][:3]
    assert first["cells"] == [("passed", ""), ("failed", "")]
    assert second["cells"] == [("skipped", "needs a thing"), ("", "")]
    assert third["cells"] == [("", ""), ("", "")]
    assert told["files"] == [{"name": "test_load.py", "cells": ["1 of 2", "skipped"]}]


FIGURES = """\
Linux 6.1 (here). Words.

**/proc/taskmods/tasks, per process, among 5,000 processes**

| reader | instructions |
| --- | ---: |
| tasks, large | 10 |
| tasks, small | 10 |
| ps -e | 4,000 |

**Growth: instructions, with so many processes**

| reader | 100 | 5,000 | 20,000 |
| --- | ---: | ---: | ---: |
| tasks, large, per process | 12.5 | 10 | 7 |
| tasks, small, per process | 12.51 | 10.02 | 9 |
| ps -e, per process | - | 4,000 | 8 |
"""


def test_curves_are_of_the_figures_on_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path
                                               ) -> None:
    """Of curves that lie on one another the first is drawn; threads of one process are not."""
    monkeypatch.setattr(cost, "PAGE", tmp_path / "performance.md")
    cost.PAGE.write_text(FIGURES, encoding="utf-8")
    told = cost.data()
    assert (told["heading"], told["points"]) == ("Linux 6.1 (here). Words.", [100, 5000])
    assert told["curves"] == [
        {"reader": "tasks, large", "subject": "tasks", "per": "process", "values": [12.5, 10.0]},
        {"reader": "ps -e", "subject": "tasks", "per": "process", "values": [None, 4000.0]}]
    cost.PAGE.write_text("# Performance\n", encoding="utf-8")
    assert cost.data() == {"heading": "", "points": [], "curves": [], "tables": []}


def test_there_is_a_curve_of_each_file() -> None:
    curves = cost.data()["curves"]
    assert {curve["subject"] for curve in curves} == {"tasks", "threads", "report"}
    # As many colors as there are.
    css = (SITE / "catalogue.css").read_text(encoding="utf-8")
    most = max(Counter(curve["subject"] for curve in curves).values())
    assert all(f".c{number} {{" in css for number in range(most))


def test_both_languages_say_all_that_the_pages_ask_for() -> None:
    english, chinese = pagewords.words(SITE / "words.js")
    assert english.keys() == chinese.keys()
    for name, said in english.items():
        assert pagewords.differing(said) == pagewords.differing(chinese[name]), name
    asked = {name for path in SITE.glob("*.html") for name in pagewords.asked_by(path)}
    assert asked <= english.keys()
    scripts = "".join(path.read_text(encoding="utf-8") for path in SITE.glob("*.js")
                      if path.name != "words.js")
    called = set(re.findall(r'words\(\s*"([\w-]+)"', scripts))
    assert called <= english.keys()
    # Others are named by tables.
    assert [name for name in english.keys() - asked - called if f'"{name}"' not in scripts
            and name.partition("-")[0] not in ("rank", "subject", "per", "no")
            and not re.search(rf"\b{name}\b", scripts)] == []


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the catalogue needs of a site: the lab's kernel is not there."""
    tools.install("browser")
    place = tmp_path_factory.mktemp("site")
    lab.ours(place)
    pages.write(place, SECTIONS)
    return place


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where a server of it has the catalogue."""
    with serve.running(site) as there:
        yield f"{there}catalogue/"


@pytest.fixture(scope="module")
def shared() -> Iterator[Browser]:
    """A browser for all of these tests."""
    with browser() as one:
        one.size(1440, 900)
        yield one


@pytest.fixture
def tab(shared: Browser) -> Iterator[Browser]:
    """The browser; a test fails where it complains."""
    shared.complaints()
    yield shared
    assert shared.complaints() == []


def go(tab: Browser, address: str, name: str, ready: str) -> None:
    """Open a page, and wait until something of it is there."""
    tab.open("about:blank")
    tab.open(f"{address}{name}")
    tab.wait(f"document.querySelector({json.dumps(ready)})", PATIENCE)


def text(tab: Browser, selector: str) -> list[str]:
    found: list[str] = tab.run("return [...document.querySelectorAll(arguments[0])]"
                               ".map((one) => one.textContent)", selector)
    return found


@pytest.mark.slow
def test_every_link_leads_somewhere(site: Path) -> None:
    """To a file that is there, once the lab's are."""
    for name in pages.PAGES:
        html = (site / f"catalogue/{name}.html").read_text(encoding="utf-8")
        assert "$" not in html
        for link in re.findall(r'(?:href|src)="([^"#]+)', html):
            assert (site / "catalogue" / link).exists(), link
    for script in site.glob("catalogue/*.js"):
        for link in re.findall(r'(?:from |LAB = |href: `|fetch\()["`]?([\w./-]+\.(?:js|html|wasm))',
                               script.read_text(encoding="utf-8")):
            assert (script.parent / link).exists(), f"{script.name}: {link}"
    to_here = re.findall(r'href="(catalogue/[^"]+)', (site / "index.html").read_text("utf-8"))
    assert {Path(link).stem for link in to_here} == set(pages.PAGES)
    assert all((site / link).exists() for link in to_here)
    named = (site / "SOURCES").read_text(encoding="utf-8")
    assert re.search(r"^    wasi-libc +wasi-libc \S+$", named, re.MULTILINE)


def pastes() -> list[str]:
    """What is pasted, to be explained alike by the command and in the page."""
    met = [line.split("\t") for line in
           (TOP / "tests/messages-met.tsv").read_text(encoding="utf-8").splitlines()]
    texts = [text for message in table() for text in message.says]
    said, wide = ([re.sub(r"\{\w+\}", word, text) for text in texts]
                  for word in ("17", "模块😀"))
    return ["\n".join(said), "\n".join(wide), page.behaviours(),
            "\n".join(cell for cells in met for cell in cells), "", "\n \n", "Unknown symbol",
            "in use", "no such words\n", "módulo ‘x’ 😀 " * 300,
            "\x1b[01mfoo.c:1:2: error: \x1b[mimplicit declaration of function ‘del_timer’",
            "a" * 5000 + " rmmod: ERROR: Module x is in use by: y " + "b" * 70000,
            *said[::40]]


@pytest.mark.slow
def test_the_page_explains_as_the_command_does(tab: Browser, address: str) -> None:
    """The same bytes, all texts of the table among them."""
    all_pasted = pastes()
    wanted = []
    for pasted in all_pasted:
        done = subprocess.run([cli.built(), "explain", "--json"], input=pasted.encode(),
                              capture_output=True, check=False)
        wanted.append(json.loads(done.stdout or "[]"))
    go(tab, address, "messages.html", ".message")
    got = tab.run("return import('./matcher.js').then(async ({ load_matcher }) => {"
                  " const wasm = await fetch('explain.wasm').then((one) => one.arrayBuffer());"
                  " return arguments[0].map(await load_matcher(wasm)); })", all_pasted)
    assert len(wanted[0]) > 200 and len(wanted[1]) > 100 and any(wanted[4:])
    assert got == wanted


@pytest.mark.slow
def test_what_is_pasted_is_explained_and_sent_nowhere(tab: Browser, address: str) -> None:
    go(tab, address, "messages.html?lang=en", ".message")
    tab.wait("document.getElementById('summary').textContent", PATIENCE)
    asked = tab.run("document.getElementById('paste').focus(); "
                    "return performance.getEntriesByType('resource').map((one) => one.name)")
    assert all(name.startswith(address.removesuffix("catalogue/")) for name in asked)
    tab.run("globalThis.sent = []; for (const name of ['fetch', 'XMLHttpRequest', 'WebSocket', "
            "'EventSource', 'Image', 'Worker']) globalThis[name] = function () { "
            "sent.push(name); return new Promise(() => {}); }; "
            "navigator.sendBeacon = () => sent.push('sendBeacon')")
    tab.press(*"rmmod: ERROR: Module a_mod is in use by: b_mod", "Enter", *"nothing here")
    tab.wait("document.getElementById('summary').textContent === 'One message, in 2 lines.'",
             PATIENCE)
    assert text(tab, ".answer h3 code") == ["rmmod: ERROR: Module a_mod is in use by: b_mod"]
    assert "behaviours.html#busy-dependants" in tab.run(
        "return [...document.querySelectorAll('.answer a')].map((one) => one.getAttribute('href'))")
    tab.run("document.querySelector('.answer .line').click()")
    assert tab.run("const paste = document.getElementById('paste'); return paste.value.slice("
                   "paste.selectionStart, paste.selectionEnd)") == (
        "rmmod: ERROR: Module a_mod is in use by: b_mod")
    assert tab.run("return sent") == []
    assert tab.run("return performance.getEntriesByType('resource').map((one) => one.name)"
                   ) == asked
    tab.run("document.getElementById('clear').click()")
    assert text(tab, ".answer") == []


@pytest.mark.slow
def test_messages_are_searched_and_linked_to(tab: Browser, address: str) -> None:
    go(tab, address, "messages.html?lang=en#in-use-by", ".message")
    assert tab.run("return document.querySelector('details[open]').id") == "in-use-by"
    tab.run("document.getElementById('search').focus()")
    tab.press(*"VERMAGIC rebuild nonsense")
    tab.wait("!document.querySelector('.message')", PATIENCE)
    assert text(tab, "#found")[0].startswith("No message")
    tab.run("const one = document.getElementById('search'); one.value = 'is in use by'; "
            "one.dispatchEvent(new Event('input'))")
    assert "in-use-by" in tab.run("return [...document.querySelectorAll('.message')]"
                                  ".map((one) => one.id)")
    assert tab.run("return document.querySelectorAll('.message').length") < len(table()) / 4


@pytest.mark.slow
def test_a_behaviour_is_found_by_the_keyboard_alone(tab: Browser, address: str) -> None:
    """By what a tool said in it; it is shown, and what differs stands beside."""
    go(tab, address, "behaviours.html?lang=en", "#rows a")
    assert len(text(tab, "#rows a")) == len(ROWS)
    tab.press("/", *"report_mod.ko not found in directory")
    tab.wait("document.querySelectorAll('#rows a').length < 5", PATIENCE)
    tab.press("Tab", "Enter")
    tab.wait(f"location.hash === '#{DIFFERS}'", PATIENCE)
    tab.wait("document.querySelector('#row .sides')", PATIENCE)
    assert text(tab, "#row h2") == [ROWS[DIFFERS].title]
    kernels = transcripts.read(page.row_texts(page.behaviours())[DIFFERS])
    assert text(tab, ".sides:first-of-type .whose") == [kernels.kernel, kernels.others[0]]
    assert any("FATAL" in line for line in text(tab, ".side .other"))
    assert tab.run("return document.activeElement.id") == "row"
    tab.press("Tab")
    assert tab.run("return document.activeElement.getAttribute('href')") == (
        f"../index.html#row={DIFFERS}")
    tab.press("Tab", "Tab", "Enter")
    tab.wait(f"document.querySelectorAll('.whose')[1].textContent === "
             f"{json.dumps(kernels.others[1])}", PATIENCE)
    tab.press("Tab", "Enter")
    tab.wait("!document.querySelector('.sides')", PATIENCE)
    assert text(tab, ".compare [aria-pressed=true]") == ["nothing"]


@pytest.mark.slow
def test_links_to_behaviours(tab: Browser, address: str) -> None:
    go(tab, address, f"behaviours.html?lang=en#{ALIKE}", "#row .transcript")
    typed = text(tab, "#row .command")
    assert "# rmmod core_mod\n" in typed and text(tab, "#row .compare") == []
    assert "Shown on Linux 6.1, kmod 30 · The same on Linux 6.12, kmod 34" in text(tab, "#row")[0]
    assert "messages.html#in-use-by" in tab.run(
        "return [...document.querySelectorAll('.said a')].map((one) => one.getAttribute('href'))")
    tab.run("location.hash = 'no-such-row'")
    tab.wait("document.getElementById('row').textContent.includes('no behaviour no-such-row')",
             PATIENCE)


@pytest.mark.slow
def test_cells_of_the_matrix_are_read_by_mouse_and_keyboard(tab: Browser, address: str) -> None:
    go(tab, address, "matrix.html?lang=en", ".grid td")
    skipped = tab.run("const one = document.querySelector('td.skipped'); "
                      "one.scrollIntoView({ block: 'center' }); "
                      "const box = one.getBoundingClientRect(); return [box.x + 9, box.y + 9]")
    tab.point(*skipped)
    tab.wait("/: skipped: needs/.test(document.getElementById('reading').textContent)", PATIENCE)
    tab.run("document.querySelector('.grid td').focus()")
    names = tab.run("return [...document.querySelectorAll('.grid:first-of-type th[scope=col]')]"
                    ".slice(1, 3).map((one) => one.textContent)")
    first = SECTIONS["First steps"]
    assert text(tab, "#reading") == [f"{first[0].title} · {names[0]}: passed"]
    tab.press("Right", "Down")
    assert text(tab, "#reading") == [f"{first[1].title} · {names[1]}: passed"]
    tab.press("Up", "Up", "Left", "Left")
    assert text(tab, "#reading") == [f"{first[0].title} · {names[0]}: passed"]
    tab.run("document.getElementById('differ').click()")
    assert "hello" not in text(tab, ".grid th[scope=row] a")
    assert "for-modules" in text(tab, ".grid th[scope=row] a")


@pytest.mark.slow
def test_the_chart_is_read_by_mouse_and_keyboard(tab: Browser, address: str) -> None:
    go(tab, address, "cost.html?lang=en", "#chart .curve")
    told = cost.data()
    ours, *others = [curve for curve in told["curves"] if curve["subject"] == "tasks"]
    assert text(tab, "#point") == ["5,000 processes"]
    tab.run("document.getElementById('at').focus()")
    tab.press("Right")
    at = told["points"].index(10000)
    assert text(tab, "#point") == ["10,000 processes"]
    assert float(text(tab, "#values td")[0].replace(",", "")) == ours["values"][at]
    # Where the curve of another reader begins.
    place = tab.run("const box = document.querySelectorAll('.curve')[arguments[0]]"
                    ".querySelector('circle').getBoundingClientRect(); "
                    "return [box.x + 4, box.y + 4]", 2)
    tab.point(*place)
    tab.wait("document.getElementById('point').textContent === '100 processes'", PATIENCE)
    assert text(tab, "#values .chosen button") == [others[1]["reader"]]
    times = others[1]["values"][0] / ours["values"][0]
    assert text(tab, "#values .chosen td")[1] == f"{float(f'{times:.3g}'):g} ×"
    shown = tab.run("return document.querySelectorAll('.curve').length")
    tab.run("document.querySelectorAll('.key')[1].click()")
    assert tab.run("return document.querySelectorAll('.curve').length") == shown - 1
    tab.run("document.querySelectorAll('#subjects button')[2].click()")
    assert text(tab, "#values .key")[0] == "report"


@pytest.mark.nightly
@pytest.mark.parametrize("language", ("en", "zh"))
@pytest.mark.parametrize("width, height", ((1440, 900), (1024, 768), (390, 844)))
def test_how_it_looks(address: str, width: int, height: int, language: str) -> None:
    """Nothing jumps while it loads, nothing is wider than the screen, and axe finds nothing."""
    axe = (vendor.get() / "axe-core/axe.min.js").read_text(encoding="utf-8")
    (BUILD / "pictures").mkdir(parents=True, exist_ok=True)
    wrong = []
    with browser(language=language) as one:
        one.size(width, height, phone=width < 500)
        for name, ready in {f"behaviours.html#{DIFFERS}": ".sides", "behaviours.html": "#rows a",
                            "messages.html": ".message", "matrix.html": ".grid",
                            "cost.html": ".curve"}.items():
            file, _, row = name.partition("#")
            go(one, address, f"{file}?lang={language}#{row}", ready)
            one.run("globalThis.shift = 0; new PerformanceObserver((list) => { for (const one of "
                    "list.getEntries()) if (!one.hadRecentInput) globalThis.shift += one.value; })"
                    ".observe({ type: 'layout-shift', buffered: true }); "
                    "return new Promise((done) => setTimeout(done, 500))")
            assert one.run("return globalThis.shift") < 0.02, name
            assert one.run("return document.documentElement.scrollWidth <= innerWidth"), name
            assert one.run("return [...document.querySelectorAll('.transcript pre > span')].filter("
                           "(line) => line.clientWidth > line.parentElement.clientWidth).length"
                           ) == 0, name
            one.run("document.getElementById('example')?.click()")
            one.run(axe)
            for theme in ("light", "dark"):
                one.run("document.documentElement.dataset.theme = arguments[0]; "
                        "return new Promise((done) => setTimeout(done, 400))", theme)
                one.picture(BUILD / "pictures" /
                            f"catalogue-{Path(file).stem}{row and '-row'}-{width}-{language}-"
                            f"{theme}.png")
                found = one.run("return axe.run().then((done) => done.violations.map((one) => "
                                "one.id + ': ' + one.nodes.map((node) => node.html).join(' ')))")
                wrong += [f"{name} {theme}: {what}" for what in found]
        assert wrong == []
        assert one.complaints() == []
