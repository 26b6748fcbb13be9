# SPDX-License-Identifier: GPL-2.0
"""catalogue/ in the site: its pages, and beside them what each is told."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from ..host.paths import TOP
from ..lab import sources
from ..rows.row import Row
from . import behaviours, cost, matcher, matrix, messages

_SOURCES = TOP / "site/catalogue"
_LINKED = ("What explains messages in a page, catalogue/explain.wasm, beside what is ours: Debian "
           "package, source package, version")
PAGES = ("behaviours", "messages", "matrix", "cost")
# They are made into something else.
_NOT_SERVED = (".html", ".c")


def write(site: Path, sections: Mapping[str, Sequence[Row]]) -> None:
    """Put the catalogue into a site, which has what all pages share.

    Raises HarnessError where the command, or what runs of it in a page, cannot be built.
    """
    place = site / "catalogue"
    place.mkdir()
    frame = Template((_SOURCES / "page.html").read_text(encoding="utf-8"))
    for name in PAGES:
        inner = (_SOURCES / f"{name}.html").read_text(encoding="utf-8")
        (place / f"{name}.html").write_text(frame.substitute(name=name, main=inner),
                                            encoding="utf-8")
    for path in _SOURCES.iterdir():
        if path.suffix not in _NOT_SERVED:
            shutil.copy(path, place)
    told = {"behaviours": behaviours.data(sections), "messages": messages.data(),
            "matrix": matrix.data(sections), "cost": cost.data()}
    for name, what in told.items():
        (place / f"{name}.json").write_text(
            json.dumps(what, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    matcher.build(place / "explain.wasm")
    with (site / "SOURCES").open("a", encoding="utf-8") as named:
        named.write("\n" + sources.part(_LINKED, matcher.built_with()))
