# SPDX-License-Identifier: GPL-2.0
"""An outcome as a page: one file, which needs nothing else; each cell leads to its transcript."""

from collections.abc import Iterator
from html import escape

from ..host.paths import TOP
from ..observe.transcript import Entry
from .checks import CHECKS
from .table import Row, rows
from .verdict import (EXIT_FAILED, EXIT_PASSED, EXIT_SKIPPED, EXIT_TROUBLE, FAIL, KNOWN, PASS, SKIP,
                      TROUBLE, OnKernel, Outcome, Verdict)

_STYLE = TOP / "tests/harness/suites/page.css"
# Told by its shape as well as by its colour.
_GLYPHS = {PASS: "\N{CHECK MARK}", FAIL: "\N{BALLOT X}", SKIP: "\N{EN DASH}",
           KNOWN: "\N{ALMOST EQUAL TO}", TROUBLE: "!"}
_OF_ALL = {EXIT_PASSED: PASS, EXIT_FAILED: FAIL, EXIT_SKIPPED: SKIP, EXIT_TROUBLE: TROUBLE}
# In this order they are told of.
_ORDER = (FAIL, TROUBLE, KNOWN, SKIP, PASS)
# A link into what is folded unfolds it.
_SCRIPT = """addEventListener('hashchange', unfold); unfold();
function unfold() {
  const at = document.getElementById(location.hash.slice(1));
  if (at && at.tagName === 'DETAILS') { at.open = true; at.scrollIntoView(); }
}"""


def write(outcome: Outcome) -> str:
    """Return the page."""
    return "\n".join(_lines(outcome)) + "\n"


def _lines(outcome: Outcome) -> Iterator[str]:
    found = list(rows(outcome, CHECKS))
    name, whole = escape(outcome.name), _OF_ALL[outcome.exit_status]
    words = outcome.words.partition(": ")[2]
    yield from ("<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                f"<title>{_GLYPHS[whole]} {name}: make try</title>",
                f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>", "</head>", "<body>",
                "<header>", '<p class="what">make try</p>', f"<h1>{name}</h1>",
                f'<p class="verdict {whole}">{escape(words)}</p>', '<ul class="kernels">')
    yield from map(_kernel, outcome.kernels)
    yield from ("</ul>", "</header>", "<main>")
    yield from _matrix(outcome, found)
    if outcome.notes:
        yield from ("<h2>Expected, and better than that</h2>", "<ul>",
                    *(f"<li>{escape(note)}</li>" for note in outcome.notes), "</ul>")
    for status in _ORDER:
        articles = [line for number, row in enumerate(found)
                    for line in _articles(number, row, status)]
        if articles:
            yield from (f"<h2>{_HEADINGS[status]}</h2>", *articles)
    yield from ("</main>", "<footer>Made by make try of taskmods, in throw-away virtual machines."
                "</footer>", f"<script>\n{_SCRIPT}\n</script>", "</body>", "</html>")


_HEADINGS = {FAIL: "What failed", TROUBLE: "What the bench could not try", KNOWN: "What failed as "
             "expected", SKIP: "What was skipped", PASS: "What passed"}


def _kernel(result: OnKernel) -> str:
    what = ", ".join(filter(None, (result.what, result.title, f"{result.seconds:.0f} s")))
    return f"<li><b>{escape(result.kernel)}</b> {escape(what)}</li>"


def _matrix(outcome: Outcome, found: list[Row]) -> Iterator[str]:
    kernels = [result.kernel for result in outcome.kernels]
    heads = "".join(f'<th scope="col">{escape(kernel)}</th>' for kernel in kernels)
    yield from ('<table class="matrix">', f'<thead><tr><th scope="col">what a module does</th>'
                f"{heads}</tr></thead>", "<tbody>")
    last = ""
    for number, row in enumerate(found):
        cells = "".join(f"<td>{_cell(number, row, kernel)}</td>" for kernel in kernels)
        again = ' class="again"' if row.check == last else ""
        yield (f'<tr{again}><th scope="row"><span>{CHECKS[row.check]}</span>'
               f"<small>{escape(row.check)}: {escape(row.names)}</small></th>{cells}</tr>")
        last = row.check
    yield from ("</tbody>", "</table>")


def _cell(number: int, row: Row, kernel: str) -> str:
    status = row.status(kernel)
    if not status:
        return '<span class="none">\N{MIDDLE DOT}</span>'
    many = len(row.cells[kernel])
    times = f" \N{MULTIPLICATION SIGN}{many}" if many > 1 else ""
    return (f'<a class="{status}" href="#{_id(number, kernel, 0)}" data-kernel="{escape(kernel)}">'
            f"{_GLYPHS[status]} {status}{times}</a>")


def _id(number: int, kernel: str, which: int) -> str:
    return escape(f"v{number}-{kernel}-{which}".replace(".", "_"))


def _articles(number: int, row: Row, status: str) -> Iterator[str]:
    """Tell of a row where it came to a status, with a transcript for each module and kernel."""
    there = {kernel: verdicts for kernel, verdicts in row.cells.items()
             if row.status(kernel) == status}
    if not there:
        return
    yield (f'<article class="{status}"><h3>{_GLYPHS[status]} {escape(row.names)} '
           f"<span>{CHECKS[row.check]}</span></h3>")
    told: set[tuple[str, str]] = set()
    for kernel, verdicts in there.items():
        first = verdicts[0]
        if status != PASS and (first.reason, first.advice) not in told:
            told.add((first.reason, first.advice))
            yield f'<p class="reason">{escape(first.reason)}</p>'
            if first.advice:
                yield '<div class="advice">' + "".join(
                    f"<p>{escape(line)}</p>" for line in first.advice.splitlines()) + "</div>"
        for which, verdict in enumerate(verdicts):
            yield from _details(_id(number, kernel, which), kernel, verdict)
    yield "</article>"


def _details(name: str, kernel: str, verdict: Verdict) -> Iterator[str]:
    who = " ".join(filter(None, (verdict.module, f"on {kernel}")))
    said = verdict.reason.partition("\n")[0] if verdict.status == PASS else ""
    yield (f'<details id="{name}"><summary>{escape(who)}'
           f"{f': {escape(said)}' if said else ''}</summary>")
    shown = "\n".join(filter(None, map(_entry, verdict.transcript)))
    yield f"<pre>{shown or '<i>nothing was typed for this alone</i>'}</pre></details>"


def _entry(entry: Entry) -> str:
    typed = len(entry.text.splitlines())
    shown = [escape(line) for line in entry.lines()]
    if entry.kind in ("log", "trace", "send"):
        return "\n".join(f"<i>{line}</i>" for line in shown)
    return "\n".join(f"<b>{line}</b>" if number < typed else line
                     for number, line in enumerate(shown))
