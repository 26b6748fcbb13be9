# SPDX-License-Identifier: GPL-2.0
"""What is needed is loaded first, in the order that the kernel itself reports."""

import pytest

from harness.modstate import State, states
from harness.trace import Event, ModuleTrace
from harness.vm import VM

CHAIN = ["core_mod", "walker_mod", "report_mod"]


def unload_all(vm: VM) -> None:
    vm.run("modprobe", "-r", "report_mod", "walker_mod", check=True)


@pytest.mark.parametrize("asked, loaded", [
    ("core_mod", CHAIN[:1]),
    ("walker_mod", CHAIN[:2]),
    ("report_mod", CHAIN),
])
def test_modprobe_loads_what_is_needed_first(vm: VM, asked: str, loaded: list[str]) -> None:
    with ModuleTrace(vm) as trace:
        assert vm.run("modprobe", asked).status == 0
    assert [event.module for event in trace.events if event.name == "module_load"] == loaded
    vm.run("rmmod", *reversed(loaded), check=True)


def test_references_are_taken_at_load_and_given_back_at_unload(vm: VM) -> None:
    """The tracepoints' own counts: each dependent takes one of core_mod, and returns it.

    The count that they tell includes the one that the kernel itself holds of a module.
    """
    with ModuleTrace(vm) as trace:
        vm.run("modprobe", "report_mod", check=True)
        unload_all(vm)
    core = [event for event in trace.events if event.module == "core_mod"]
    taken = [event.refcnt for event in core if event.name == "module_get"]
    assert taken == [2, 3]
    # Last in the row: report's, then walker's reference to core_mod, when each is freed.
    assert [event.refcnt for event in core if event.name == "module_put"][-2:] == [2, 1]
    assert core[0] == Event("module_load", "core_mod", None)
    assert core[-1] == Event("module_free", "core_mod", None)


def test_preview_prints_the_order_and_loads_nothing(vm: VM) -> None:
    out = vm.run("modprobe", "--show-depends", "report_mod", check=True).out
    names = [line.split("/")[-1].partition(".ko")[0] for line in out.splitlines()]
    assert list(dict.fromkeys(names)) == CHAIN
    assert vm.modules() == {}


@pytest.mark.parametrize("call, flags", [("finit_module", ("0",)), ("init_module", ())])
def test_by_hand_in_order(vm: VM, call: str, flags: tuple[str, ...]) -> None:
    """Both system calls that load a module do, given one after the other."""
    for name in CHAIN:
        assert vm.call(call, f"{vm.parts.suite_dir}/{name}.ko", *flags, "") == "0"
    assert list(states(vm)) == CHAIN[::-1]
    unload_all(vm)


def test_used_by_grows_with_each_step(vm: VM) -> None:
    def load(name: str) -> None:
        vm.run("insmod", f"{vm.parts.suite_dir}/{name}.ko", check=True)

    load("core_mod")
    assert states(vm) == {"core_mod": State(0)}
    load("walker_mod")
    assert states(vm) == {"core_mod": State(1, ("walker_mod",)), "walker_mod": State(0)}
    load("report_mod")
    assert states(vm) == {"core_mod": State(2, ("report_mod", "walker_mod")),
                          "walker_mod": State(0), "report_mod": State(0)}
    unload_all(vm)


def test_taint_is_out_of_tree_and_unsigned_only(suite: VM) -> None:
    assert {module.taint for module in suite.modules().values()} == {"OE"}
    assert int(suite.read("/proc/sys/kernel/tainted")) == 1 << 12 | 1 << 13
