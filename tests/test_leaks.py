# SPDX-License-Identifier: GPL-2.0
"""Nothing that the modules allocate is lost, however they are used; kmemleak looks for it."""

import pytest

from harness.guest.places import FIXTURES_DIR
from harness.guest.vm import VM
from harness.observe import kmemleak, loaded
from harness.plugin import Boot

pytestmark = pytest.mark.needs("CONFIG_DEBUG_KMEMLEAK")

FILES = ("tasks", "threads", "report")
HIDING = "/tmp/hiding"


def use(vm: VM) -> None:
    """Read both files, whole and in part; open them as one who may not, and be refused."""
    vm.sh(f"mkdir -p {HIDING}; mount -t proc -o hidepid=1 proc {HIDING}")
    for name in FILES:
        file = f"/proc/taskmods/{name}"
        vm.sh(f"cat {file}; head -c 7 {file}; : < {file}")
        assert vm.run("as", "1000", "1000", "cat", f"{HIDING}/taskmods/{name}").status == 1
    vm.sh(f"umount {HIDING}")


def test_nothing_is_lost_by_loading_using_and_unloading(boot: Boot) -> None:
    vm = boot()
    vm.run("depmod", check=True)
    since = kmemleak.mark(vm)
    for _ in range(2):
        vm.run("modprobe", "report_mod", check=True)
        use(vm)
        vm.run("modprobe", "-r", "report_mod", "walker_mod", check=True)
    assert loaded.modules(vm) == {}
    assert kmemleak.found(vm, since) == []


def test_a_leak_is_found(boot: Boot) -> None:
    vm = boot()
    since = kmemleak.mark(vm)
    vm.run("insmod", f"{FIXTURES_DIR}/mistakes.ko", "mistake=leak", check=True)
    vm.run("rmmod", "mistakes", check=True)
    lost = kmemleak.found(vm, since)
    assert lost
    for one in lost:
        assert "(size 64)" in one
        assert 'comm "insmod"' in one
