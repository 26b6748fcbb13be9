# SPDX-License-Identifier: GPL-2.0
"""core_mod's mode= and gid= say who may read the files in /proc/taskmods."""

import re

import pytest

from harness.guest.vm import VM
from harness.kernels.suite import OURS
from harness.observe import loaded

FILES = ("tasks", "threads", "report")
GROUP = 4321
ROOT, MEMBER, USER = ("as", "0", "0"), ("as", "1000", f"1000,{GROUP}"), ("as", "1000", "1000")
# What core_mod is told, the mode and group that the files have then, and who may read them.
GIVEN = {
    "": ("444 0 0", {ROOT, MEMBER, USER}),
    "mode=0444": ("444 0 0", {ROOT, MEMBER, USER}),
    f"mode=0440 gid={GROUP}": (f"440 0 {GROUP}", {ROOT, MEMBER}),
    f"gid={GROUP}": (f"444 0 {GROUP}", {ROOT, MEMBER, USER}),
    "mode=0400": ("400 0 0", {ROOT}),
    f"mode=292 gid={2**32 - 2}": (f"444 0 {2**32 - 2}", {ROOT, MEMBER, USER}),
}
# What is refused, the errno, and the kernel's line; the kernel itself refuses what is no number.
BITS = r"core_mod: mode=%s: the files can have bits of 0444 alone, and one at least"
REFUSED = {
    "mode=0644": ("EINVAL", BITS % "0644"),
    "mode=444": ("EINVAL", BITS % "0674"),
    "mode=0": ("EINVAL", BITS % "0"),
    "mode=01444": ("EINVAL", BITS % "01444"),
    f"mode={2**32 - 1}": ("EINVAL", BITS % "037777777777"),
    f"gid={2**32 - 1}": ("EINVAL", f"core_mod: gid={2**32 - 1} is not the number of a group"),
    "mode=abc": ("EINVAL", "core_mod: `abc' invalid for parameter `mode'"),
    "mode=-1": ("EINVAL", "core_mod: `-1' invalid for parameter `mode'"),
    "gid=staff": ("EINVAL", "core_mod: `staff' invalid for parameter `gid'"),
    "gid=-1": ("EINVAL", "core_mod: `-1' invalid for parameter `gid'"),
    f"gid={2**32}": ("ERANGE", "core_mod: `4294967296' invalid for parameter `gid'"),
}


def path(vm: VM, module: str) -> str:
    """Return where a module's file is."""
    return f"{vm.parts.suite_dir}/{module}.ko"


@pytest.mark.parametrize("words", GIVEN)
def test_the_files_are_for_whom_it_says(vm: VM, words: str) -> None:
    for module, given in zip(OURS.modules, (words, "num=1", ""), strict=True):
        vm.run("insmod", path(vm, module), *given.split(), check=True)
    modes = vm.sh("cd /proc/taskmods && stat -c '%a %u %g' " + " ".join(FILES)).splitlines()
    readers = {who for who in (ROOT, MEMBER, USER)
               if all(vm.run(*who, "cat", f"/proc/taskmods/{name}").status == 0 for name in FILES)}
    vm.run("rmmod", *reversed(OURS.modules), check=True)
    expected, may = GIVEN[words]
    assert modes == [expected] * len(FILES)
    assert readers == may


def test_what_cannot_be_is_refused_by_name(vm: VM) -> None:
    found = {}
    for words in REFUSED:
        mark = vm.log_end()
        errno = vm.call("finit_module", path(vm, "core_mod"), "0", words)
        (line,) = (record.text for record in vm.log(mark)
                   if re.search(r"\b(mode|gid)\b", record.text))
        found[words] = (errno, line)
    assert found == REFUSED
    assert loaded.modules(vm) == {} and vm.run("ls", "/proc/taskmods").status != 0
