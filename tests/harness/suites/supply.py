# SPDX-License-Identifier: GPL-2.0
"""Guests for a suite on one kernel: one after the other, each until something has spoiled it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ..guest import snapshot, usual
from ..guest.recipe import Parts
from ..guest.vm import VM
from ..host import cpio
from ..host.paths import TOP
from ..kernels import intree
from ..kernels.kernel import Kernel
from ..kernels.suite import Suite
from ..observe.tracepoints import Event
from .built import Built
from .remains import Things
from .stay import Said, Stay

# Where any suite's modules are installed, as DKMS and depmod's configuration have it.
PLACE = "updates/dkms"
_NO_MODULES = Suite(TOP, (), (), PLACE)
# Each cache by itself, so that one that is left can be seen.
_ARGUMENTS = "slab_nomerge"
# A warning or an oops is to be read, and told of whom it is; only what is more ends the guest. What
# is not an error stays off the console, which is slow.
_PREPARE = ("cd /proc/sys/kernel; echo 0 > panic_on_oops; echo 0 > panic_on_warn; echo 4 > printk; "
            "echo on > printk_devkmsg; echo 30 > hung_task_timeout_secs 2> /dev/null; true")
_UNPACK_SECONDS = 120.0


def parts(kernel: Kernel, kmod: Path | None) -> Parts:
    """Return what guests for suites are made of: none of our modules is in them.

    Raises HarnessError where something cannot be had or built.
    """
    made = usual.parts(kernel, kmod, fixtures=False, suite=_NO_MODULES)
    return replace(made, arguments=_ARGUMENTS)


class Supply:
    """Guests that have a suite installed; a context, at whose end the last of them is ended.

    `depmod` is what depmod said in the first one, `brought` the kernel's own modules that are in
    each: those that the suite needs by its symbols, and what was asked for besides.
    """

    def __init__(self, built: Built, made_of: Parts, patience: float,
                 brought: Iterable[str] = ()) -> None:
        self.made_of = made_of
        self._patience = patience
        self._built = built
        self.brought = frozenset({*built.intree, *brought})
        self._archive = self._packed()
        self._stay: Stay | None = None
        self._before: Things | None = None
        self.depmod = ""

    def __enter__(self) -> "Supply":
        return self

    def __exit__(self, *_: object) -> None:
        self.spoil()

    @property
    def current(self) -> bool:
        """Whether there is a guest that nothing has spoiled."""
        return self._stay is not None

    def take(self) -> Stay:
        """Return a guest as good as new.

        Raises HarnessError where there is none: that is no module's doing.
        """
        if not self._stay:
            vm = snapshot.guest(self.made_of)
            try:
                vm.sh(_PREPARE)
                self.depmod = self._unpack(vm)
                self._stay = Stay(vm, self._patience, self._before)
                self._before = self._stay.before
            except BaseException:
                vm.close()
                raise
        return self._stay

    def load(self, stay: Stay, *modules: str) -> tuple[Said, list[Event]]:
        """Load modules by modprobe; return what it said last, and all events.

        Where one does not load, and the kernel asked for modules of its own that are not there,
        these are brought, and it is tried again.
        Raises HarnessError where they cannot be had, Lost or GuestError where the guest is lost.
        """
        command = " ".join(("modprobe", *(["-a"] if len(modules) > 1 else []), *modules))
        said = stay.type(command)
        events = stay.events()
        brought = self._bring(stay, (event.module for event in events if event.name == "request"))
        if brought and not stay.live().issuperset(modules):
            stay.log()
            stay.say(f"[it asks for {', '.join(brought)} of the kernel's own: now they are there]")
            said = stay.type(command)
            events += stay.events()
        return said, events

    def _bring(self, stay: Stay, asked: Iterable[str]) -> list[str]:
        """Have the kernel's own modules there that it asked for by name or alias; return the new.

        No symbol tells of them. They are in each guest from now on.
        """
        found = {name for alias in asked for name in intree.aliased(self._built.kernel, alias)}
        new = sorted(found - self.brought)
        if new:
            self.brought |= found
            self._archive = self._packed()
            self._unpack(stay.vm)
        return new

    def _packed(self) -> bytes:
        intree = tuple(sorted(self.brought))
        return cpio.newc(files_of(replace(self._built, intree=intree)))

    def _unpack(self, vm: VM) -> str:
        """Have everything in a guest; return what depmod says of it."""
        unpack(vm, self._archive)
        return vm.run("sh", "-c", "depmod 2>&1", timeout=_UNPACK_SECONDS).out

    def spoil(self) -> None:
        """End the guest, if there is one: the next that is taken is another."""
        if self._stay:
            self._stay.vm.close()
            self._stay = None


def unpack(vm: VM, archive: bytes) -> None:
    """Unpack an archive of cpio's in a guest, over what is there."""
    vm.run("sh", "-c", "cd / && cpio -idu", stdin=archive, timeout=_UNPACK_SECONDS, check=True)


def place_of(built: Built, module: str) -> str:
    """Return where a module of a suite is in a guest."""
    (path,) = (known.path for known in built.modules if known.name == module)
    return f"/lib/modules/{built.kernel.release}/{PLACE}/{path.name}"


def files_of(built: Built) -> cpio.Files:
    """Return what a suite has installed in a guest, with the kernel's own modules that it needs."""
    files = {place_of(built, module.name): (0o644, module.path.read_bytes())
             for module in built.modules}
    for path in built.configuration:
        files[f"/etc/modprobe.d/{path.name}"] = (0o644, path.read_bytes())
    for place, content in intree.files(built.kernel, built.intree).items():
        files[place] = (0o644, content)
    return files
