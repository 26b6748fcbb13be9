# SPDX-License-Identifier: GPL-2.0
"""Recorded files for taskmods, the command: a root that has them, by --sysroot."""

import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.observe.taskfiles import REPORT_ROWS, TASKS_HEADER, THREADS_HEADER

RELEASE = "6.1.0-9-amd64"


def tsv(header: str, rows: Iterable[Sequence[object]]) -> str:
    """Return a file of the modules', with names as they stand in it.

    Columns at its end that a row does not have are 0 there.
    """
    width = header.count("\t") + 1
    lines = ((*map(str, row), *["0"] * (width - len(row))) for row in rows)
    return header + "\n" + "".join("\t".join(line) + "\n" for line in lines)


def report(counts: dict[str, tuple[int, int]]) -> str:
    """Return a report of (processes, threads) by letter; what is not there is 0."""
    rows = [(name, *counts.get(letter, (0, 0))) for letter, name in REPORT_ROWS.items()]
    total = ("TOTAL", sum(row[1] for row in rows), sum(row[2] for row in rows))
    return "".join(f"{name:<20} {processes:>9} {threads:>9}\n" for name, processes, threads in
                   [("STATE", "PROCESSES", "THREADS"), *rows, total])


@dataclass
class Tree:
    """A root for the command, with recorded files in it; `program` is the command."""

    root: Path
    program: Path

    def write(self, path: str, content: str | bytes) -> Path:
        """Make a file below the root; return its path."""
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return place

    def record(self, tasks: Iterable[Sequence[object]] = (),
               threads: Iterable[Sequence[object]] = (),
               counts: dict[str, tuple[int, int]] | None = None) -> None:
        """Write the three files, and have the modules look loaded."""
        self.write("proc/taskmods/tasks", tsv(TASKS_HEADER, tasks))
        self.write("proc/taskmods/threads", tsv(THREADS_HEADER, threads))
        self.write("proc/taskmods/report", report(counts or {}))
        for name in ("core_mod", "walker_mod", "report_mod"):
            self.write(f"sys/module/{name}/version", "1.0.0\n")

    def argv(self, *arguments: str) -> list[str]:
        """Return the words that run the command on this root."""
        return [str(self.program), *arguments, "--sysroot", str(self.root)]

    def run(self, *arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
        """Run the command on this root to its end; options are those of subprocess.run()."""
        given: dict[str, Any] = {"capture_output": True, "timeout": 30, **options}
        return subprocess.run(self.argv(*arguments), text=True, errors="surrogateescape",
                              check=False, **given)
