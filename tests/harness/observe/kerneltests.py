# SPDX-License-Identifier: GPL-2.0
"""Which lines of the kernel's loader the kernel's own tests of it run.

They are kmod.sh of its selftests, with the module test_kmod, of Debian's linux-source: the kernel
loads modules on demand. They take a file system that is a module; minix is one.
"""

import shutil
from dataclasses import replace
from pathlib import Path

from ..guest.programs import Program
from ..guest.recipe import Parts
from ..guest.vm import VM
from ..host.paths import BUILD
from ..kernels import build, intree, source
from ..kernels.kernel import Kernel
from . import gcov
from .gcov import Line

COUNTS = BUILD / "kernel-tests-counts"
FILE_SYSTEM = "minix"
# Fifty modprobes at a time.
_MEMORY = "2048"
_SECONDS = 600.0
_SCRIPT = "tools/testing/selftests/kmod/kmod.sh"
_MODULES = ("lib/test_kmod.c", "lib/test_module.c")
_TESTS = tuple(f"{number:04}" for number in range(1, 14))
_CAPSH = Program("capsh", "libcap2-bin")
_GUEST = "/opt/kmod-selftest"


def run(parts: Parts) -> dict[str, bool]:
    """Run each of the kernel's own tests once in a guest, and keep what ran; return which passed.

    Raises HarnessError where they cannot be had or built, or the guest does not answer.
    """
    shutil.rmtree(COUNTS, ignore_errors=True)
    kernel = parts.kernel
    files = {**_files(kernel), **intree.files(kernel, (FILE_SYSTEM,)),
             **_CAPSH.files(kernel.architecture)}
    with VM(replace(parts, memory=_MEMORY, at_close=None), files=files) as vm:
        vm.run("depmod", check=True)
        passed = {test: vm.run("env", f"DEFAULT_KMOD_FS={FILE_SYSTEM}", "bash",
                               f"{_GUEST}/kmod.sh", "-s", test, timeout=_SECONDS).status == 0
                  for test in _TESTS}
        gcov.fetch(vm, COUNTS)
    return passed


def lines(kernel: Kernel) -> dict[str, list[Line]]:
    """Return the lines of each file of the kernel that is counted, as often as they ran in them.

    Raises HarnessError where nothing was counted.
    """
    return gcov.kernel_lines(kernel, gcov.merge(COUNTS))


def _files(kernel: Kernel) -> dict[str, bytes]:
    """Return the script, the modules built for this kernel, and capsh, as a guest has them."""
    tree = BUILD / kernel.release / "kernel-tests"
    shutil.rmtree(tree, ignore_errors=True)
    own = tree / "source"
    own.mkdir(parents=True)
    source.unpack(own, (_SCRIPT, *_MODULES))
    names = [Path(name).stem for name in _MODULES]
    (own / "Kbuild").write_text("obj-m := lib/\n", encoding="ascii")
    (own / "lib/Kbuild").write_text("".join(f"obj-m += {name}.o\n" for name in names),
                                    encoding="ascii")
    build.compile_tree(kernel, own, tree / "built")
    built = {f"/lib/modules/{kernel.release}/kernel/lib/{name}.ko":
             (tree / f"built/lib/{name}.ko").read_bytes() for name in names}
    wrapper = f'#!/bin/sh\nexec {" ".join(_CAPSH.command)} "$@"\n'
    return {**built, f"{_GUEST}/kmod.sh": (own / _SCRIPT).read_bytes(),
            "/usr/bin/capsh": wrapper.encode()}
