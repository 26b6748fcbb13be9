# SPDX-License-Identifier: GPL-2.0
"""What goes away, in which order, and what is left after each step."""

from harness.modstate import State, states
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


def test_loads_again_after_unloading(vm: VM) -> None:
    """Five rounds leave nothing behind that the sixth would trip over."""
    for _ in range(5):
        vm.run("modprobe", "report_mod", check=True)
        assert "TOTAL" in vm.read("/proc/taskmods/report")
        vm.run("modprobe", "-r", "report_mod", "walker_mod", check=True)
    assert vm.modules() == {}
