# SPDX-License-Identifier: GPL-2.0
"""Being in a guest for a row, and leaving it as it was."""

from ..guest.places import FIXTURES_DIR
from ..guest.session import Session
from ..guest.vm import VM
from ..observe.tracepoints import ModuleTrace

HOME = "/root/row"


class Visit:
    """Being in a guest for a row: a shell there, and the kernel's module events recorded."""

    def __init__(self, vm: VM, installs: tuple[str, ...], shared: bool, from_boot: bool) -> None:
        self.vm = vm
        self._undo = f"rm -rf {HOME}" if shared else ""
        if installs:
            extra = f"/lib/modules/{vm.parts.kernel.release}/extra"
            files = " ".join(f"{FIXTURES_DIR}/{name}.ko" for name in installs)
            vm.sh(f"mkdir -p {extra}; cp {files} {extra}; depmod")
            self._undo += f" {extra}; depmod" if shared else ""
        self.mark = vm.log_end()
        self.shell = Session(vm, HOME)
        self.trace = ModuleTrace(vm, from_boot)
        self.events_read = 0

    def end(self) -> None:
        """Leave the guest as it was, but for what the row did to it."""
        self.shell.end()
        if self._undo:
            self.vm.sh(self._undo)
