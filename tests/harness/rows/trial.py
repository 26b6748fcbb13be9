# SPDX-License-Identifier: GPL-2.0
"""One row being tried: the guest and the host's directory that its steps act in, what is seen."""

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from ..guest import initrd
from ..guest.klog import LogRecord
from ..guest.recipe import Parts
from ..guest.session import Session
from ..guest.vm import VM
from ..host.errors import GuestError, HarnessError
from ..kernels.workdir import HostDirectory
from ..observe.tracepoints import Event
from ..observe.transcript import Entry
from .events import judge
from .row import Row
from .visit import HOME, Visit

_TYPED = 20


class Trial:
    """A context for the steps of a row; `work` is made anew as the host's directory.

    `take_guest` is called once a step asks for the guest; what it takes is the trial's directory on
    the host. `boot` boots a guest of the row's own.
    """

    def __init__(self, row: Row, parts: Parts, work: Path,
                 take_guest: Callable[[Path], VM], boot: Callable[..., VM]) -> None:
        self.transcript: list[Entry] = []
        self.host = HostDirectory(work, parts.kernel, row.sources)
        self._row = row
        self._parts = parts
        self._take_guest = take_guest
        self._boot = boot
        self._inside: Visit | None = None

    def __enter__(self) -> "Trial":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        # A guest that is lost cannot be left in order.
        if self._inside and not isinstance(error, GuestError):
            self._inside.end()

    @property
    def _visit(self) -> Visit:
        if not self._inside:
            self._enter(self._take_guest(self.host.path))
            if self._row.guest:
                self.transcript.append(Entry("send", f"[{self._row.guest.words}]"))
        assert self._inside
        return self._inside

    def _enter(self, guest: VM) -> None:
        own = self._row.guest
        self._inside = Visit(guest, self._row.installs, own is None,
                             bool(own and own.from_boot))

    @property
    def vm(self) -> VM:
        """The guest."""
        return self._visit.vm

    @property
    def shell(self) -> Session:
        """The guest's shell."""
        return self._visit.shell

    def tail(self) -> str:
        """Return the end of what was typed, and of the guest's console, to show with a failure."""
        typed = [line for entry in self.transcript for line in entry.lines()][-_TYPED:]
        console = self._inside.vm.qemu.tail() if self._inside else "no guest was booted for it yet"
        return "\n".join(["what was typed, at last:", *(f"  | {line}" for line in typed), console])

    def boot_into(self, path: str) -> None:
        """Go on in a guest of the same kernel with an initrd that lies in the one before."""
        image = self.host.path / "initrd"
        image.write_bytes(initrd.fetch(self.vm, self.in_guest(path)))
        self._visit.end()
        assert self._row.guest
        self._enter(self._boot(initrd.parts(self._parts, image),
                               append=self._row.guest.command_line))

    def send(self, path: str) -> None:
        """Copy a file of the host's directory to where the guest's shell began.

        Raises HarnessError where there is none.
        """
        try:
            content = (self.host.path / path).read_bytes()
        except FileNotFoundError as error:
            raise HarnessError(f"the row's directory has no {path}: no step before made it"
                               ) from error
        self.vm.write(f"{HOME}/{PurePosixPath(path).name}", content)

    def in_guest(self, path: str) -> str:
        """Return a path of the guest's for a word of a system call: files may be relative."""
        path = path.replace("$(uname -r)", self.vm.parts.kernel.release)
        is_file = re.search(r"\.ko(\.\w+)?$", path) and not path.startswith("/")
        return f"{HOME}/{path}" if is_file else path

    def await_log(self, pattern: str, timeout: float) -> LogRecord:
        """Wait for a record of the kernel log, of the row's time, that matches; return it.

        Raises GuestError where none comes in time.
        """
        return self.vm.await_log(pattern, self._visit.mark, timeout)

    def events(self) -> list[Event]:
        """Return the module events since the last time they were asked for."""
        visit = self._visit
        visit.trace.read()
        new = visit.trace.events[visit.events_read:]
        visit.events_read += len(new)
        return new

    def judge_events(self) -> None:
        """Expect the order of loads and frees, and that references were taken and given back.

        Raises Mismatch.
        """
        self._visit.trace.read()
        judge(self._visit.trace.events, self._row.order, self._row.forced)
