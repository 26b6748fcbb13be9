# SPDX-License-Identifier: GPL-2.0
"""One row being tried: the guest and the host's directory that its steps act in, and what is seen.

What is expected and what is seen are compared here, so that a failure shows them side by side.
"""

import collections
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from . import host
from .errors import HarnessError
from .session import Session
from .trace import Event, ModuleTrace
from .vm import FIXTURES_DIR, GUEST_DIR, VM, LogRecord

HOME = "/root/row"
# Modules that are built here are only loaded: no debug information, and no BTF, for which headers
# lack the vmlinux.
_MAKEFLAGS = "-- CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS=-g0"
_WIDTH = 34


class Mismatch(AssertionError):
    """Something else was seen than expected; the message has both."""


@dataclass(frozen=True)
class Entry:
    """A part of the transcript: a command of the "guest" or "host" with what came of it, files that
    were "send", a system "call", a record of the "log", events of the "trace", or a "note".
    """

    kind: str
    text: str
    output: str = ""
    status: int = 0


class Trial:
    """A context for the steps of a row in `guest`; `work` is made anew as the host's directory."""

    def __init__(self, guest: VM, work: Path, sources: tuple[str, ...] = (),
                 installs: tuple[str, ...] = ()) -> None:
        self.vm = guest
        self.transcript: list[Entry] = []
        self._work = work
        self._installs = installs
        self._events_read = 0
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        for source in sources:
            shutil.copytree(host.TOP / source, work / Path(source).name, symlinks=True,
                            ignore=shutil.ignore_patterns("*.o", "*.ko", "*.mod*", ".*.cmd"))

    def __enter__(self) -> "Trial":
        extra = f"/lib/modules/{self.vm.parts.kernel.release}/extra"
        if self._installs:
            files = " ".join(f"{FIXTURES_DIR}/{name}.ko" for name in self._installs)
            self.vm.sh(f"mkdir -p {extra}; cp {files} {extra}; depmod")
        self._mark = self.vm.log_end()
        self.shell = Session(self.vm, HOME)
        self._trace = ModuleTrace(self.vm)
        self._trace.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._trace.__exit__()
        self.shell.end()
        undo = f"rm -rf {HOME}"
        if self._installs:
            undo += f" /lib/modules/{self.vm.parts.kernel.release}/extra; depmod"
        self.vm.sh(undo)

    def expect(self, what: str, expected: object, seen: object, fits: bool) -> None:
        """Go on if what is seen fits; else raise Mismatch, which shows both side by side."""
        if not fits:
            raise Mismatch(_beside(what, expected, seen))

    def on_host(self, command: str, timeout: float) -> tuple[str, int]:
        """Run a command of the host's shell; return what it wrote and its exit status.

        Raises HarnessError where the time is up.
        """
        env = {**os.environ, "LC_ALL": "C", "KDIR": str(self.vm.parts.kernel.kdir),
               "SUITE": str(self._suite), "MAKEFLAGS": _MAKEFLAGS}
        for name in ("MAKELEVEL", "MFLAGS", "T"):
            env.pop(name, None)
        with subprocess.Popen(["bash", "-c", command], cwd=self._work, env=env, text=True,
                              errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, start_new_session=True) as process:
            try:
                out, _ = process.communicate(timeout=timeout)
            except BaseException as error:
                os.killpg(process.pid, signal.SIGTERM)
                process.communicate()
                if isinstance(error, subprocess.TimeoutExpired):
                    raise HarnessError(f"on the host, {command} took over {timeout:.0f} s"
                                       ) from error
                raise
        return self._anonymous(out), process.returncode

    @property
    def _suite(self) -> Path:
        """Where the guest's three modules were built."""
        return host.BUILD / self.vm.parts.kernel.release / "suite"

    def _anonymous(self, text: str) -> str:
        """Name this machine's directories as the steps do."""
        kdir = self.vm.parts.kernel.kdir
        for path, name in ((self._work, "$PWD"), (self._suite, "$SUITE"), (kdir, "$KDIR"),
                           (kdir.resolve(), "$KDIR"), (self.vm.parts.kernel.root, "")):
            text = text.replace(str(path), name)
        return text

    def send(self, path: str) -> None:
        """Copy a file of the host's directory to where the guest's shell began."""
        self.vm.write(f"{HOME}/{PurePosixPath(path).name}", (self._work / path).read_bytes())

    def in_guest(self, path: str) -> str:
        """Return a path of the guest's for a word of a system call: files may be relative."""
        is_file = re.search(r"\.ko(\.\w+)?$", path) and not path.startswith("/")
        return f"{HOME}/{path}" if is_file else path

    def await_log(self, pattern: str, timeout: float) -> LogRecord:
        """Wait for a record of the kernel log, of the row's time, that matches; return it.

        Raises GuestError where none comes in time.
        """
        job = self.vm.start(f"{GUEST_DIR}/agent", "follow", str(self._mark))
        try:
            found = job.expect(rf"(?m)^(\d+),(\d+),\d+,[^;]*;(.*(?:{pattern}).*)\n", timeout)
            return LogRecord(int(found[2]), int(found[1]) & 7, found[3])
        finally:
            job.kill()
            job.wait()

    def events(self) -> list[Event]:
        """Return the module events since the last time they were asked for."""
        self._trace.read()
        new = self._trace.events[self._events_read:]
        self._events_read += len(new)
        return new

    def judge_events(self, order: str | None, forced: tuple[str, ...] = ()) -> None:
        """Expect the order of loads and frees, and that references were taken and given back.

        A module that was loaded and freed gave back each reference that was taken of it, and the
        one that the kernel holds of it while it initializes, unless it was `forced` out.
        """
        self._trace.read()
        events = self._trace.events
        signs = {"load": "+", "free": "-"}
        seen = " ".join(signs[event.name] + event.module for event in events
                        if event.name in signs)
        if order is not None:
            self.expect("order of loads (+) and frees (-)", order.split(), seen.split(),
                        order == seen)
        counts = collections.Counter((event.name, event.module) for event in events)
        for name, module in sorted(counts):
            loads = counts["load", module]
            if name == "load" and loads == counts["free", module] and module not in forced:
                taken, given = counts["get", module] + loads, counts["put", module]
                self.expect(f"references of {module} given back", taken, given, taken == given)


def _beside(what: str, expected: Any, seen: Any) -> str:
    """Return two values side by side, with a mark where lines differ."""
    columns = [value if isinstance(value, list) else str(value).splitlines() or [""]
               for value in (expected, seen)]
    width = max([_WIDTH, *(len(str(line)) for line in columns[0])])
    lines = [f"{what}:", f"    {'expected':{width}}   seen"]
    for number in range(max(map(len, columns))):
        left, right = (str(column[number]) if number < len(column) else "" for column in columns)
        lines.append(f"  {'!' if left != right else ' '} {left:{width}}   {right}".rstrip())
    return "\n".join(lines)
