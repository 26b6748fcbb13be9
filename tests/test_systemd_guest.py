# SPDX-License-Identifier: GPL-2.0
"""A distribution's own boot loads the modules in order, and udev is told of each."""

from pathlib import Path

from conftest import Boot
from harness import distro, initrd, trace
from harness.uevents import ModuleUevents
from harness.vm import VM

CHAIN = ["core_mod", "walker_mod", "report_mod"]
MODULES_LOAD = {"/etc/modules-load.d/taskmods.conf": b"report_mod\n"}


def loads(vm: VM) -> list[tuple[str, str]]:
    """Which program loaded which module since boot, in order."""
    return [(event.task, event.module) for event in trace.recorded(vm)
            if event.name == "module_load"]


def test_modules_load_service_loads_all_in_order(boot: Boot) -> None:
    vm = boot(distro.parts(), append=trace.FROM_BOOT, files=MODULES_LOAD)
    assert loads(vm) == [("systemd-modules", name) for name in CHAIN]
    status = vm.run("systemctl", "status", "systemd-modules-load", check=True).out
    assert "Active: active (exited)" in status
    assert "ExecStart=/lib/systemd/systemd-modules-load (code=exited, status=0/SUCCESS)" in status


def test_udev_hears_of_each_module_in_order(boot: Boot) -> None:
    vm = boot(distro.parts())
    with ModuleUevents(vm) as monitor:
        vm.run("modprobe", "report_mod", check=True)
        vm.run("modprobe", "-r", "report_mod", "walker_mod", check=True)
    assert [(event.action, event.path) for event in monitor.events] == [
        *(("add", f"/module/{name}") for name in CHAIN),
        *(("remove", f"/module/{name}") for name in reversed(CHAIN))]


def test_an_initrd_of_the_distribution_loads_all_in_order(boot: Boot, tmp_path: Path) -> None:
    """By its own load_modules step, with nothing of ours in it but what update-initramfs took."""
    image = tmp_path / "initrd"
    image.write_bytes(initrd.make(boot(distro.parts()), "report_mod"))
    vm = boot(initrd.parts(image), append=trace.FROM_BOOT)
    assert loads(vm) == [("modprobe", name) for name in CHAIN]
    assert list(vm.modules()) == CHAIN[::-1]
