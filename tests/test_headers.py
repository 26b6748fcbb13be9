# SPDX-License-Identifier: GPL-2.0
"""core_mod takes what headers offer, not what their version should: distributions backport."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import headers
import pytest

from harness.guest.recipe import Parts
from harness.host.errors import HarnessError
from harness.host.paths import BUILD, TOP
from harness.host.run import run
from harness.kernels import build
from harness.kernels.kernel import Kernel

# They edit the same copy of the headers.
pytestmark = [pytest.mark.xdist_group("headers"), pytest.mark.slow]

OPTIONS = ("W=1", "KCFLAGS=-Werror")
# Of the suite only core_mod has to do with what differs.
CORE_ALONE = ("Kbuild", "core_mod/ walker_mod/ report_mod/", "core_mod/")
PROC_FS, SCHED, OPTIONS_SET = "linux/proc_fs.h", "linux/sched.h", "generated/autoconf.h"
# Each makes a header what it is in another kernel: which one, what is replaced, what by.
RENAMED = (PROC_FS, r"extern void \*PDE_DATA\(const struct inode \*\);",
           "static inline void *pde_data(const struct inode *inode) { return inode->i_private; }")
ARGUMENT = (PROC_FS, r"(pde_data|PDE_DATA)\(const struct inode \*", r"\1(struct inode *")
UNLOCKED = (SCHED, r"extern char \*__get_task_comm\(.*?;\n#define get_task_comm\(.*?\n}\)\n",
            "#define get_task_comm(buf, tsk) strscpy_pad(buf, (tsk)->comm, sizeof(buf))\n")
NO_PROC_FS = (OPTIONS_SET, r"#define CONFIG_PROC_FS 1\n", "")

Edit = tuple[str, str, str]


@pytest.fixture(scope="module")
def copied(parts: Parts) -> Iterator[Kernel]:
    """The guests' kernel with headers of our own, to edit."""
    root = BUILD / parts.kernel.release / "headers"
    shutil.rmtree(root, ignore_errors=True)
    yield headers.copied(parts.kernel, root, _link)
    shutil.rmtree(root)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def build_core(kernel: Kernel, edit: Edit) -> Path:
    """Build core_mod against headers of which one is edited meanwhile; return it."""
    name, old, new = edit
    (header,) = (kernel.root / "usr/src").glob(f"*/include/{name}")
    before = header.read_text(encoding="utf-8")
    text, times = re.subn(old, new, before, flags=re.DOTALL)
    assert times, f"{name} has no {old}"
    stage = BUILD / kernel.release / "edited-headers"
    shutil.rmtree(stage, ignore_errors=True)
    _replace(header, text)
    try:
        build.compile_tree(kernel, TOP, stage, OPTIONS, (CORE_ALONE,))
    finally:
        _replace(header, before)
    return stage / "core_mod/core_mod.ko"


def _replace(path: Path, text: str) -> None:
    """Write a file that may be a link to one that must stay as it is."""
    path.unlink()
    path.write_text(text, encoding="utf-8")


def symbols(module: Path) -> set[str]:
    """Return what a module wants of the kernel."""
    return {line.split()[-1] for line in run(["nm", "--undefined-only", module],
                                             "read the module").splitlines()}


@pytest.mark.needs("linux < 5.17")
def test_a_renamed_function_is_found(copied: Kernel) -> None:
    """As EL9 has pde_data(), in a 5.14."""
    wanted = symbols(build_core(copied, RENAMED))
    assert "PDE_DATA" not in wanted and "proc_create_data" in wanted


def test_a_changed_argument_is_taken(copied: Kernel) -> None:
    assert build_core(copied, ARGUMENT).exists()


# What takes a spinlock: of PREEMPT_RT, of most kernels, and where it is compiled into its callers.
LOCKS = {"rt_spin_lock", "_raw_spin_lock", "queued_spin_lock_slowpath"}


@pytest.mark.needs("linux < 6.14")
def test_a_lock_that_is_no_more_is_not_taken(parts: Parts, copied: Kernel) -> None:
    """Names are as 6.14 has them."""
    assert LOCKS & symbols(build.suite(parts.kernel)["core_mod"])
    assert not LOCKS & symbols(build_core(copied, UNLOCKED))


def test_that_there_is_no_proc_is_said(copied: Kernel) -> None:
    with pytest.raises(HarnessError, match="taskmods needs a kernel with CONFIG_PROC_FS"):
        build_core(copied, NO_PROC_FS)
