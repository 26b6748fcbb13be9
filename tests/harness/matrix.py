# SPDX-License-Identifier: GPL-2.0
"""make kernels and make matrix: every kernel of the table, and every row and test on each."""

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from behaviours import SECTIONS
from kernels import KERNELS

from . import choice, host, record, userland
from .errors import HarnessError
from .host import BUILD, TOP

PAGE = TOP / "docs/matrix.md"
RESULTS = BUILD / "matrix"
_ROW = "test_behaviours"


@dataclass
class Result:
    """What came of one kernel: why there was none of it, or verdicts.

    `verdicts` are ["passed" | "skipped" | "failed", reason] by row, and by test as file::name;
    `versions` is what people call it, `release` its own name.
    """

    unavailable: str = ""
    release: str = ""
    versions: str = ""
    seconds: float = 0.0
    verdicts: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def failed(self) -> list[str]:
        """What failed."""
        return [name for name, (verdict, _) in self.verdicts.items() if verdict == "failed"]

    @property
    def words(self) -> str:
        """What came of it, in short."""
        if self.unavailable:
            return f"unavailable: {self.unavailable}"
        counts = Counter(verdict for verdict, _ in self.verdicts.values())
        return ", ".join(f"{counts[verdict]} {verdict}" for verdict in _CELLS if counts[verdict])


_CELLS = {"passed": "yes", "skipped": "no", "failed": "**FAILED**"}


def kernels() -> int:
    """Print the table of kernels, with what of each is in the cache; return 0."""
    print(f"{'KERNEL':<13} {'SUITE':<17} {'KMOD OF':<9} IN THE CACHE")
    own, suite = choice.default_name(), host.codename()
    for name, entry in KERNELS.items():
        cached = choice.cached_release(name) or "-"
        print(f"{name:<13} {entry.suite or suite:<17} {entry.userland or suite:<9} {cached}"
              f"{'  (default)' if name == own else ''}")
    return 0


def main() -> int:
    """Try everything on each kernel, or those that the environment's KERNEL names; show and write.

    Where the environment's T selects some rows and tests, what else was last seen stays.
    Goes on after a failure; returns 1 if there was one. A kernel that cannot be had is none.
    Raises HarnessError where KERNEL names one that is not in the table.
    """
    names = os.environ.get("KERNEL", "").split() or list(KERNELS)
    choice.check_names(names)
    results = {name: _run(name) for name in names}
    print()
    for name, result in results.items():
        print(f"{name:<13} {result.words} ({result.seconds / 60:.1f} min)")
        for failed in result.failed:
            print(f"{'':<13} failed: {failed}")
    known = {name: found for name in KERNELS if (found := load(name))}
    missing = [name for name in KERNELS if name not in known]
    if missing:
        print(f"docs/matrix.md is as it was: not run yet: {', '.join(missing)}")
    else:
        PAGE.write_text("\n".join(_page(known)) + "\n", encoding="utf-8")
        print(f"Written: {PAGE.relative_to(TOP)}")
    return 1 if any(result.failed for result in results.values()) else 0


def load(name: str) -> Result | None:
    """Return the last result of a kernel, or None where there is none."""
    place = RESULTS / f"{name}.json"
    if not place.exists():
        return None
    return Result(**json.loads(place.read_text(encoding="utf-8")))


def _run(name: str) -> Result:
    """Have another process try everything on a kernel, and keep what came of it."""
    print(f"\n== {name} ==", flush=True)
    began = time.monotonic()
    RESULTS.mkdir(parents=True, exist_ok=True)
    junit = RESULTS / f"{name}.xml"
    junit.unlink(missing_ok=True)
    try:
        kern = choice.get(name)
        userland.initramfs(kern.userland)
        subprocess.run([sys.executable, "-m", __package__, "everything"], check=False,
                       env={**os.environ, "KERNEL": name})
        result = Result("", kern.release, record.title(name), verdicts=_verdicts(junit))
        last = load(name)
        if last and os.environ.get("T", "").strip():
            result.verdicts = {**last.verdicts, **result.verdicts}
            result.seconds = last.seconds
    except HarnessError as error:
        print(f"taskmods: {error}", file=sys.stderr)
        result = Result(unavailable=str(error).splitlines()[0])
    # What a part of it took tells nothing of the whole.
    result.seconds = result.seconds or time.monotonic() - began
    (RESULTS / f"{name}.json").write_text(json.dumps(asdict(result), indent=1), encoding="utf-8")
    return result


def _verdicts(junit: "os.PathLike[str]") -> dict[str, tuple[str, str]]:
    """Return what a run's JUnit file says; that it did not get to write one is a failure too."""
    if not os.path.exists(junit):
        return {"the run itself": ("failed", "it ended before its time")}
    found = {}
    for case in ElementTree.parse(junit).iter("testcase"):
        stem, name = case.get("classname", "").rpartition(".")[2], case.get("name", "")
        row = name.partition("[")[2].rstrip("]")
        skipped = case.find("skipped")
        failed = case.find("failure") is not None or case.find("error") is not None
        verdict = "failed" if failed else "passed" if skipped is None else "skipped"
        reason = "" if skipped is None else skipped.get("message", "")
        found[row if stem == _ROW else f"{stem}::{name}"] = (verdict, reason)
    return found


def _page(results: dict[str, Result]) -> Iterator[str]:
    yield from ("# The matrix", "",
                "What `make matrix` last saw: every behaviour and every test of the modules on",
                "every kernel of `tests/kernels.py`, each under the kmod of its userland's suite;",
                "what tests nothing but programs of the host is not repeated. `make kernels` lists",
                "them; `make behaviours KERNEL=<name>` tries one.", "",
                "| kernel | Linux | kmod of | came to | minutes |", "|---|---|---|---|---|")
    for name, result in results.items():
        yield (f"| {name} | {result.release} | {KERNELS[name].userland or host.codename()}"
               f"{result.versions.rpartition(',')[2].replace('kmod', ':')}"
               f" | {result.words} | {result.seconds / 60:.1f} |")
    reasons: dict[str, str] = {}
    there = {name: result for name, result in results.items() if not result.unavailable}
    columns = ["|", *(f" {name} |" for name in there)]
    yield from ("", "## Behaviours", "",
                "`yes`: asserted; `no`: skipped, for the reason at the end of the page.")
    for section, rows in SECTIONS.items():
        yield from ("", f"| {section} {''.join(columns)}", "|---" * (1 + len(there)) + "|")
        for row in rows:
            cells = (_cell(result.verdicts.get(row.id), reasons) for result in there.values())
            yield f"| [{row.id}](behaviours.md#{row.id}) | {' | '.join(cells)} |"
    yield from ("", "## Tests", "", "Passed, of those that are not skipped.", "",
                f"| file {''.join(columns)}", "|---" * (1 + len(there)) + "|")
    for file in sorted({test.partition("::")[0] for result in there.values()
                        for test in result.verdicts if "::" in test}):
        cells = (_counts(result, file) for result in there.values())
        yield f"| {file}.py | {' | '.join(cells)} |"
    if reasons:
        yield from ("", "## Why not", "", *(f"- {mark}: {why}" for why, mark in reasons.items()))


def _cell(verdict: tuple[str, str] | None, reasons: dict[str, str]) -> str:
    """Return a row's cell; a reason gets its mark when it first comes up."""
    if not verdict:
        return "not run"
    if not verdict[1]:
        return _CELLS[verdict[0]]
    return reasons.setdefault(verdict[1], f"no ({len(reasons) + 1})")


def _counts(result: Result, file: str) -> str:
    counts = Counter(verdict for test, (verdict, _) in result.verdicts.items()
                     if test.startswith(f"{file}::"))
    if not counts["passed"] + counts["failed"]:
        return "skipped"
    return f"{counts['passed']} of {counts['passed'] + counts['failed']}"
