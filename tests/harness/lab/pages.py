# SPDX-License-Identifier: GPL-2.0
"""build/site: files that any web server can hand out, and nothing else is needed for the lab."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from ..host import cache
from ..host.paths import BUILD, TOP
from ..kernels import choice
from ..rows.row import Row
from . import rows, saved, sources, vendor

PLACE = BUILD / "site"
# Debian's stock one for i386, which is what v86 emulates.
KERNEL = "6.1-686"
_SITE = TOP / "site"
_OURS = ("index.html", "style.css", "icon.svg", "js")
# Where the page looks for what npm has, and which file that is.
_VENDOR = {
    "v86/libv86.mjs": "v86/build/libv86.mjs",
    "v86/v86.wasm": "v86/build/v86.wasm",
    "v86/v86-fallback.wasm": "v86/build/v86-fallback.wasm",
    "xterm/xterm.mjs": "@xterm/xterm/lib/xterm.mjs",
    "xterm/xterm.css": "@xterm/xterm/css/xterm.css",
    "xterm/addon-fit.mjs": "@xterm/addon-fit/lib/addon-fit.mjs",
    "dagre.js": "@dagrejs/dagre/dist/dagre.esm.js",
    "marked.js": "marked/lib/marked.esm.js",
}
# The guide's folders in docs/, by language.
GUIDES = {"en": "guide", "zh": "guide.zh"}


def make(behaviours: Mapping[str, Row], add: Callable[[Path], None] = lambda _: None) -> Path:
    """Make the site anew, and return its directory; `add` puts into it what else there is.

    Raises HarnessError where something of it cannot be had or made; what was there then stays.
    """
    guest = choice.get(KERNEL)
    state = saved.get(guest)
    packages = vendor.get()
    work = PLACE.with_name("site.new")
    with cache.lock(PLACE.with_name("site.lock")):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        ours(work)
        copies = {f"vendor/{name}": packages / path for name, path in _VENDOR.items()}
        for name, path in {**copies, **sources.licences(packages), saved.NAME: state}.items():
            _copy(path, work / name)
        (work / "SOURCES").write_text(sources.text(guest), encoding="utf-8")
        _write_json(work / "rows.json", rows.page(behaviours))
        _guides(work / "guide")
        add(work)
        shutil.rmtree(PLACE, ignore_errors=True)
        work.rename(PLACE)
    return PLACE


def ours(place: Path) -> None:
    """Copy what is ours of the lab's page, which other pages share."""
    for name in _OURS:
        _copy(_SITE / name, place / name)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def _guides(place: Path) -> None:
    """Copy the guides' chapters, and write what they are called and which steps each has."""
    index = {}
    for language, folder in GUIDES.items():
        chapters = sorted((TOP / "docs" / folder).glob("[0-9]*.md"))
        (place / language).mkdir(parents=True)
        for path in chapters:
            shutil.copy(path, place / language)
        index[language] = [chapter(path.name, path.read_text(encoding="utf-8"))
                           for path in chapters]
    _write_json(place / "index.json", index)


def chapter(name: str, text: str) -> dict[str, object]:
    """Return what the page is told of a chapter: its file, its title, the numbers of its steps."""
    title = re.search(r"^#{1,2} (.+)$", text, re.MULTILINE)
    return {"file": name, "title": title[1] if title else name,
            "steps": re.findall(r"^### (\d+\.\d+) ", text, re.MULTILINE)}


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
