# SPDX-License-Identifier: GPL-2.0
"""python3 -m harness demo-picture: docs/demo.svg, a terminal with some of the demo's steps.

All steps are typed into a guest and checked, as in make demo; what is drawn is what came of them.
"""

from collections.abc import Iterator, Sequence
from html import escape

from ..guest.session import Session
from ..guest.vm import VM
from ..host.errors import HarnessError
from ..host.paths import TOP
from ..observe.expect import Mismatch
from ..rows.play import judge
from . import chosen
from .demo import STEPS

PICTURE = TOP / "docs/demo.svg"
# By their commands; of those that are typed more than once the first is drawn.
SHOWN = ("modprobe report_mod", "lsmod", "head -n 5 /proc/taskmods/tasks",
         "cat /proc/taskmods/report", "rmmod core_mod")
# The sizes of a character, of the margin, and of the gap above a command, in pixels.
_WIDTH, _HEIGHT, _MARGIN, _GAP = 8.5, 19, 18, 9
_TITLE = "A terminal: the modules are loaded, their files read, and rmmod core_mod is refused"
_COLOURS = {"#": ' fill="#ffffff" font-weight="bold"', "r": ' fill="#ffb454"',
            "[": ' fill="#ffb454"'}


def main() -> int:
    """Draw it; return 0.

    Raises HarnessError where a guest cannot be had, or a step does not do what it says.
    """
    with VM(chosen.parts(fixtures=False)) as guest:
        PICTURE.write_text(svg(list(_lines(Session(guest)))), encoding="utf-8")
    print(f"Written: {PICTURE.relative_to(TOP)}")
    return 0


def _lines(shell: Session) -> Iterator[tuple[str, str]]:
    """Yield a kind and a line: "#" is typed, "r" and "[" are of a refusal, others plain."""
    left = list(SHOWN)
    for _, step in STEPS:
        out, status = shell.type(step.command, step.timeout)
        try:
            judge(step, out, status)
        except Mismatch as wrong:
            raise HarnessError(f"{step.command} did not do what the demo says: {wrong}") from wrong
        if step.command in left:
            left.remove(step.command)
            yield "#", f"# {step.command}"
            yield from (("r" if status else "", line) for line in out.expandtabs().splitlines())
            if status:
                yield "[", f"[exit status {status}]"


def svg(lines: Sequence[tuple[str, str]]) -> str:
    """Return the picture of lines, each with its kind; no file or font is loaded for it."""
    width = 2 * _MARGIN + int(_WIDTH * max(len(line) for _, line in lines))
    bottom, texts = _MARGIN, []
    for number, (kind, line) in enumerate(lines):
        bottom += _HEIGHT + (_GAP if kind == "#" and number else 0)
        texts.append(f'<text x="{_MARGIN}" y="{bottom - 5}" '
                     f'xml:space="preserve"{_COLOURS.get(kind, "")}>{escape(line)}</text>')
    height = bottom + _MARGIN
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="monospace" font-size="14" fill="#d0d0d0">',
        f"<title>{_TITLE}</title>",
        # The edge is for pages as dark as the picture.
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" fill="#1e1e1e" '
        'stroke="#555555"/>', *texts, "</svg>\n"))
