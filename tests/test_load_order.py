# SPDX-License-Identifier: GPL-2.0
"""modprobe loads what is needed, in the order that the kernel itself reports."""

from harness.trace import ModuleTrace
from harness.vm import VM

CHAIN = ["core_mod", "walker_mod", "report_mod"]


def test_modprobe_report_loads_all_three_in_order(vm: VM) -> None:
    with ModuleTrace(vm) as trace:
        vm.run("modprobe", "report_mod", check=True)
    vm.run("modprobe", "-r", "report_mod", "walker_mod", check=True)
    assert [event.module for event in trace.events if event.name == "module_load"] == CHAIN
