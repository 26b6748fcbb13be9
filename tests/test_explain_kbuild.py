# SPDX-License-Identifier: GPL-2.0
"""taskmods explain knows what make, kbuild, modpost and the compiler really say.

Each case builds a module in a way that fails, or against damaged headers, and has all that was said
explained.
"""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import headers
import pytest

from harness.host import cli
from harness.host.run import environment
from harness.kernels.build import MAKE_OPTIONS
from harness.kernels.kernel import Kernel

pytestmark = [pytest.mark.host, pytest.mark.slow]

MAKEFILE = "obj-m := x.o\n"
ABOUT = '#include <linux/module.h>\nMODULE_DESCRIPTION("a test");\n'
GPL = ABOUT + 'MODULE_LICENSE("GPL");\n'


@dataclass(frozen=True)
class Case:
    """How a build fails: the module's files, what is done to the headers, what make is told.

    `headers` are lines of sh, where the headers are: if there are any, these are a copy, which they
    and make may change. `make` has {kdir} and {here} in it.
    """

    files: dict[str, str] = field(default_factory=dict)
    headers: str = ""
    make: str = "-C {kdir} M={here} modules"
    folder: str = "driver"


def source(text: str) -> Case:
    """A module of one file."""
    return Case({"Makefile": MAKEFILE, "x.c": text})


PLAIN = {"Makefile": MAKEFILE, "x.c": GPL}


def tool(change: str) -> Case:
    """A module that is right; one of kbuild's tools, found from the headers, is not."""
    return Case(PLAIN, change)


# By the record that is the answer.
CASES: dict[str, list[Case]] = {
    "no-headers": [Case(PLAIN, make="-C {kdir}/none M={here} modules")],
    "no-rule-modules": [Case(PLAIN, make="-C {here}/.. M={here} modules")],
    "kernel-not-configured": [tool("rm include/generated/autoconf.h include/config/auto.conf")],
    "extmod-empty": [Case(PLAIN, "true", "-C {kdir} M= modules")],
    "no-module-makefile": [Case({"x.c": GPL}), Case(PLAIN, make="-C {kdir} M={here}/none modules")],
    "extmod-space": [Case(PLAIN, make="-C {kdir} M='{here}' modules", folder="my driver")],
    "no-source-file": [Case({"Makefile": "obj-m := y.o\n", "x.c": GPL})],
    "missing-separator": [Case({"Makefile": MAKEFILE + "all:\n    true\n", "x.c": GPL})],
    "tool-missing": [tool("rm scripts/basic/fixdep"), tool("rm scripts/mod/modpost"),
                     tool("rm tools/objtool/objtool")],
    "tool-denied": [tool("chmod a-x scripts/basic/fixdep")],
    "tool-format": [tool("machine scripts/basic/fixdep"), tool("machine scripts/mod/modpost")],
    "no-compiler": [Case(PLAIN, make="-C {kdir} M={here} CC=no-such-gcc-12 modules")],
    "cc-option-gcc": [Case(PLAIN, make="-C {kdir} M={here} KCFLAGS=-fno-such-option modules")],
    "symvers-missing-warning": [tool("rm Module.symvers")],
    "undefined": [source(GPL + "int none(void); int init_module(void) { return none(); }\n")],
    "no-licence": [source(ABOUT)],
    "gpl-only": [source(
        ABOUT + 'MODULE_LICENSE("Proprietary");\n#include <linux/rcupdate.h>\n'
        "int init_module(void) { synchronize_srcu(NULL); return 0; }\n")],
    "namespace-build": [source(
        GPL + "#include <linux/dma-buf.h>\n"
        "int init_module(void) { dma_buf_put(NULL); return 0; }\n")],
    "exported-twice": [source(
        GPL + "#include <linux/jiffies.h>\nunsigned int jiffies_to_msecs(const unsigned long j) "
        "{ return j; } EXPORT_SYMBOL(jiffies_to_msecs);\n")],
    "section-mismatch": [source(
        GPL + "static noinline int __init early(void) { return jiffies; }\n"
        "int late(void); noinline int late(void) { return early(); } EXPORT_SYMBOL(late);\n")],
    "c-undeclared-function": [source(GPL + "int init_module(void) { return del_nothing(); }\n")],
    "c-arguments": [source(
        GPL + "#include <linux/delay.h>\n"
        "int init_module(void) { msleep_interruptible(1, 2); return 0; }\n")],
    "c-member": [source(GPL + "int init_module(void) { return THIS_MODULE->none; }\n")],
    "c-type": [source(
        GPL + "#include <linux/proc_fs.h>\nint init_module(void) { struct file_operations *ops = "
        'NULL; proc_create("x", 0, NULL, ops); return 0; }\n')],
    "c-undeclared": [source(GPL + "int init_module(void) { return NO_SUCH_FLAG; }\n")],
    "c-header-kernel": [source("#include <linux/no_such.h>\n" + GPL)],
    "c-header-own": [source('#include "no_such.h"\n' + GPL)],
    "c-vla": [source(
        GPL + "int f(int n); int f(int n) { char a[n]; a[0] = n; return a[n - 1]; }\n")],
    "c-objects-linked": [Case({
        "Makefile": "obj-m := x.o\nx-y := a.o b.o\n",
        "a.c": GPL + "int init_module(void) { return 0; }\n",
        "b.c": "int init_module(void); int init_module(void) { return 0; }\n"})],
}


# A number that no machine has, where an ELF file has its machine's.
MACHINE = r"""machine() {
printf '\377\377' | dd of="$1" bs=1 seek=18 conv=notrunc status=none
}
"""


@pytest.mark.parametrize("record, case", [
    pytest.param(record, case, id=f"{record}-{number}" if number else record)
    for record, cases in CASES.items() for number, case in enumerate(cases)])
def test_what_a_build_says_is_explained(record: str, case: Case, own: Kernel, tmp_path: Path
                                        ) -> None:
    kdir = (headers.copied(own, tmp_path / "headers") if case.headers else own).kdir
    here = tmp_path / case.folder
    here.mkdir()
    for name, text in case.files.items():
        (here / name).write_text(text, encoding="utf-8")
    subprocess.run(["sh", "-ec", MACHINE + case.headers], cwd=kdir, check=True)
    words = case.make.format(kdir=kdir, here=here)
    done = subprocess.run(["sh", "-c", f"make {words} {' '.join(map(repr, MAKE_OPTIONS))}"],
                          cwd=here, env=environment(), text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    answers = cli.answers(done.stdout)
    assert record in [answer["id"] for answer in answers], done.stdout
