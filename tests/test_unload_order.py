# SPDX-License-Identifier: GPL-2.0
"""What goes away, in which order, and what is left after each step."""

from harness.modstate import State, states
from harness.trace import ModuleTrace
from harness.vm import VM


def test_one_after_the_other(suite: VM) -> None:
    """Used by shrinks with each step, and the files go with their modules."""
    assert suite.sh("ls /proc/taskmods").split() == ["report", "tasks"]
    suite.run("rmmod", "report_mod", check=True)
    assert states(suite) == {"core_mod": State(1, ("walker_mod",)), "walker_mod": State(0)}
    assert suite.sh("ls /proc/taskmods").split() == ["tasks"]
    suite.run("rmmod", "walker_mod", check=True)
    assert states(suite) == {"core_mod": State(0)}
    assert suite.sh("ls /proc/taskmods").split() == []
    suite.run("rmmod", "core_mod", check=True)
    assert states(suite) == {}
    assert suite.run("ls", "/proc/taskmods").status == 1
    suite.run("modprobe", "report_mod", check=True)


def test_rmmod_of_all_three_in_order(vm: VM) -> None:
    vm.run("modprobe", "report_mod", check=True)
    with ModuleTrace(vm) as trace:
        vm.run("rmmod", "report_mod", "walker_mod", "core_mod", check=True)
    freed = [event.module for event in trace.events if event.name == "module_free"]
    assert freed == ["report_mod", "walker_mod", "core_mod"]
    assert vm.modules() == {}


def test_modprobe_r_of_both_takes_the_core_too(vm: VM) -> None:
    """Nothing else uses core_mod then, so modprobe removes it as well, and last."""
    vm.run("modprobe", "report_mod", check=True)
    with ModuleTrace(vm) as trace:
        assert vm.run("modprobe", "-r", "report_mod", "walker_mod").status == 0
    freed = [event.module for event in trace.events if event.name == "module_free"]
    assert freed[-1] == "core_mod"
    assert sorted(freed) == ["core_mod", "report_mod", "walker_mod"]
    assert vm.modules() == {}


def test_loads_again_after_unloading(vm: VM) -> None:
    """Five rounds leave nothing behind that the sixth would trip over."""
    for _ in range(5):
        vm.run("modprobe", "report_mod", check=True)
        assert "TOTAL" in vm.read("/proc/taskmods/report")
        vm.run("modprobe", "-r", "report_mod", "walker_mod", check=True)
    assert vm.modules() == {}
