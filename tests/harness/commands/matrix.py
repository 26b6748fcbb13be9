# SPDX-License-Identifier: GPL-2.0
"""make matrix: every row and test on every kernel of the table."""

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict

from behaviours import SECTIONS

from ..guest import small
from ..host.errors import HarnessError
from ..host.paths import BUILD, TOP
from ..host.system import codename
from ..kernels import choice, table
from ..kernels.table import KERNELS
from ..rows import matrixpage, record
from ..rows.matrixpage import Result
from . import told

PAGE = TOP / "docs/matrix.md"
RESULTS = BUILD / "matrix"
_ROW = "test_behaviours"
_ALL = "all"


def main() -> int:
    """Try everything on the usual kernels, or those that KERNEL or ARCH name; show and write.

    Where the environment's T selects some rows and tests, what else was last seen stays.
    Goes on after a failure; returns 1 if there was one. A kernel that cannot be had is none.
    Raises HarnessError where KERNEL or ARCH names what is not in the table.
    """
    names = told.text("KERNEL").split() or _of(told.text("ARCH").split()) or _usual()
    table.check_names(names)
    # To the kernels' own makefiles, which are told what make is, it means another thing.
    for variable in ("ARCH", "MAKEFLAGS"):
        os.environ.pop(variable, None)
    results = {name: _run(name) for name in names}
    print()
    for name, result in results.items():
        print(f"{name:<17} {result.words} ({result.seconds / 60:.1f} min)")
        for failed in result.failed:
            print(f"{'':<17} failed: {failed}")
    _write(results)
    return 1 if any(result.failed for result in results.values()) else 0


def _write(results: dict[str, Result]) -> None:
    """Put what ran into the page; what did not stays as it is there, or as it last ran here."""
    before = matrixpage.read(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    columns = {}
    shown = [name for name in KERNELS if name in {*_usual(), *results, *before}]
    for name, entry in ((name, KERNELS[name]) for name in shown):
        result = results.get(name)
        if not result and name in before:
            columns[name] = before[name]
        elif result := result or load(name):
            columns[name] = matrixpage.column(name, entry.userland or codename(), result,
                                              before.get(name))
    missing = [name for name in shown if name not in columns]
    if missing:
        print(f"docs/matrix.md is as it was: not run yet: {', '.join(missing)}")
    else:
        PAGE.write_text(matrixpage.write(columns, SECTIONS), encoding="utf-8")
        print(f"Written: {PAGE.relative_to(TOP)}")


def _of(architectures: list[str]) -> list[str]:
    """Return the kernels of architectures, by Debian's names; of "all" of them, all.

    Raises HarnessError where the table has none of one.
    """
    known = dict.fromkeys(entry.architecture for entry in KERNELS.values())
    for name in architectures:
        if name not in (*known, _ALL):
            raise HarnessError(f"there is no kernel for {name}: choose by ARCH=<name>, of "
                               f"{', '.join((*known, _ALL))}")
    return [name for name, entry in KERNELS.items()
            if {entry.architecture, _ALL} & set(architectures)]


def _usual() -> list[str]:
    """Return the kernels that are tried where none is named."""
    return [name for name, entry in KERNELS.items() if entry.matrix]


def load(name: str) -> Result | None:
    """Return the last result of a kernel, or None where there is none."""
    place = RESULTS / f"{name}.json"
    if not place.exists():
        return None
    result = Result(**json.loads(place.read_text(encoding="utf-8")))
    result.verdicts = {_alone(name): verdict for name, verdict in result.verdicts.items()}
    return result


def _run(name: str) -> Result:
    """Have another process try everything on a kernel, and keep what came of it."""
    print(f"\n== {name} ==", flush=True)
    began = time.monotonic()
    RESULTS.mkdir(parents=True, exist_ok=True)
    junit = RESULTS / f"{name}.xml"
    junit.unlink(missing_ok=True)
    part = bool(told.text("T"))
    try:
        kern = choice.get(name)
        small.initramfs(kern.userland, kern.architecture)
        subprocess.run([sys.executable, "-m", "harness", "everything"], check=False,
                       env={**os.environ, "KERNEL": name})
        result = Result("", kern.release, record.title(name), verdicts=_verdicts(junit))
        if part:
            last = load(name) or Result(partial=True)
            result.verdicts = {**last.verdicts, **result.verdicts}
            result.seconds, result.partial = last.seconds, last.partial
    except HarnessError as error:
        print(f"taskmods: {error}", file=sys.stderr)
        result = Result(unavailable=str(error).splitlines()[0], partial=part)
    # What a part of it took tells nothing of the whole.
    result.seconds = result.seconds or time.monotonic() - began
    (RESULTS / f"{name}.json").write_text(json.dumps(asdict(result), indent=1), encoding="utf-8")
    return result


def _alone(name: str) -> str:
    """Return a test's name without the group that one worker runs, which it has beside others."""
    return name.partition("@")[0]


def _verdicts(junit: "os.PathLike[str]") -> dict[str, tuple[str, str]]:
    """Return what a run's JUnit file says; that it did not get to write one is a failure too."""
    if not os.path.exists(junit):
        return {"the run itself": ("failed", "it ended before its time")}
    found = {}
    for case in ElementTree.parse(junit).iter("testcase"):
        stem, name = case.get("classname", "").rpartition(".")[2], _alone(case.get("name", ""))
        row = name.partition("[")[2].rstrip("]")
        skipped = case.find("skipped")
        failed = case.find("failure") is not None or case.find("error") is not None
        verdict = "failed" if failed else "passed" if skipped is None else "skipped"
        reason = "" if skipped is None else skipped.get("message", "")
        found[row if stem == _ROW else f"{stem}::{name}"] = (verdict, reason)
    return found
